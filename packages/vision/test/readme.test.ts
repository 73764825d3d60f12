import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noise, writeFiles } from './pictures.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('the example in the README', () => {
  let folder: string

  beforeAll(async () => {
    const readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/vision` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    await writeFile(join(folder, 'example.ts'), /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '')
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["example.ts"] }')
    const pictures = (label: string, brightness: number) =>
      Array.from({ length: 15 }, (_, place) => [`pets/${label}/${place}.jpg`, noise(place, { brightness, width: 300, height: 250 })])
    await writeFiles(folder, Object.fromEntries([...pictures('cat', 0.2), ...pictures('dog', 0.8)]))
    await writeFiles(folder, { 'pets/dog/notes.txt': 'Not a dog.' })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const node = (...args: string[]) =>
    spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HEADSTART_CACHE: join(folder, 'cache'), NO_COLOR: '1' },
    })

  it('compiles', () => {
    const { stdout, status } = node(tsc, '--project', folder)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('prints figures, an answer and a comparison, and says what is no picture', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example.ts')
    expect(stderr).toBe('pets: 1 file ignored that is no picture by the ending: 1 .txt.\n')
    expect(status).toBe(0)
    expect(stdout).toMatch(/accuracy +1\.0/)
    expect(stdout).toMatch(/label: 'cat'/)
    expect(stdout).toMatch(/8 per class +frozen +1\.0/)
  })
})
