import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { inThreads, runWork, taskWork } from '../src/index.js'
import { lettersTask } from './letters-task.js'

let folder: string
const path = (name: string): string => join(folder, name)
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'headstart-threads-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const script = new URL('thread.ts', import.meta.url).href
const thread = (): Worker =>
  // Node loads no .ts in a thread by itself.
  new Worker(
    `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(script)}, ${JSON.stringify(import.meta.url)}))`,
    { eval: true },
  )
const work = (weight?: number) => taskWork(lettersTask(weight), { kind: 'embed', options: {} })

it('gives in threads what one process gives, byte for byte, and sets aside what fails', async () => {
  await writeFile(path('data.csv'), `text\n${'good\n'.repeat(4)}bad\n${'fine\n'.repeat(3)}${'poison\n'.repeat(4)}`)
  const options = { shardRows: 4 }
  const { manifest } = await runWork(path('data.csv'), await work(), { out: path('alone'), ...options })
  expect(manifest?.shards.map(({ setAside }) => setAside)).toEqual([undefined, undefined, 'poison'])
  await runWork(path('data.csv'), await work(), { out: path('threads'), ...options, executor: inThreads(2, thread) })
  for (const name of ['manifest.json', ...(await readdir(path('alone/parts'))).map((part) => `parts/${part}`)])
    expect(await readFile(path(`threads/${name}`), 'utf8')).toBe(await readFile(path(`alone/${name}`), 'utf8'))
})

it('says what a thread lacks, and when one ends by itself', async () => {
  await writeFile(path('data.csv'), 'text\ngood\n')
  const run = async (out: string, start: () => Worker, weight?: number) =>
    runWork(path('data.csv'), await work(weight), { out: path(out), executor: inThreads(2, start) })
  await expect(run('other', thread, 0.7)).rejects.toThrow('Copy the same model to all machines')
  await expect(run('gone', () => new Worker('process.exit(3)', { eval: true }))).rejects.toThrow(
    'expected one that goes on, got 3',
  )
})
