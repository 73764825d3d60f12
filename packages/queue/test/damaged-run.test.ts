import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { joinParts, QueueError, readManifest, runStore, runWork, taskWork } from '../src/index.js'
import { lettersTask } from './letters-task.js'

let folder: string
const path = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-queue-'))
  await writeFile(path('data.csv'), `text\n${'abc\n'.repeat(5)}`)
  const work = await taskWork(lettersTask(), { kind: 'embed', options: {} })
  await runWork(path('data.csv'), work, { out: path('run') })
})
afterAll(() => rm(folder, { recursive: true }))

it('a part that was changed is not joined, nor are features taken from it', async () => {
  const manifest = await readManifest(path('run'))
  const [part = ''] = await readdir(path('run/parts'))
  const file = path(`run/parts/${part}`)
  const bytes = await readFile(file)
  bytes[bytes.length >> 1] = 1 ^ (bytes[bytes.length >> 1] as number)
  await writeFile(file, bytes)
  for (const read of [
    () => joinParts(path('run'), manifest as never, path('all.parquet')),
    () => runStore(path('run')),
  ])
    await expect(read()).rejects.toThrow(/expected the part that was written, got a changed one/)
  expect(await readdir(folder)).not.toContain('all.parquet')
})

it.each(['../../data.csv', '/etc/passwd', '..', 'a/b', ''])('a part is no file called %j', async (file) => {
  const manifest = JSON.parse(await readFile(path('run/manifest.json'), 'utf8')) as { shards: object[] }
  const other = path('other')
  await rm(other, { recursive: true, force: true })
  await mkdir(other)
  await writeFile(
    join(other, 'manifest.json'),
    JSON.stringify({ ...manifest, shards: [{ ...manifest.shards[0], file }] }),
  )
  await expect(readManifest(other)).rejects.toThrow(QueueError)
})
