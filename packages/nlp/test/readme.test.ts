import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const { resolve } = createRequire(import.meta.url)
const tsc = join(dirname(resolve('typescript/package.json')), 'bin/tsc')

describe('the example in the README', () => {
  let folder: string

  beforeAll(async () => {
    const readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/nlp` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    await writeFile(join(folder, 'example.ts'), /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '')
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["example.ts"] }')
    const reviews = JSON.parse(await readFile(resolve('sentiment/test/fixtures/yelp.json'), 'utf8')) as { text: string; class: 0 | 1 | null }[]
    const rows = reviews.filter((row) => row.class !== null).slice(0, 600)
    const csv = rows.map((row) => `${row.class ? 'positive' : 'negative'},"${row.text.replaceAll('"', '""')}"\n`)
    await writeFile(join(folder, 'reviews.csv'), `label,text\n${csv.join('')}`)
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

  it('prints figures, an answer and a comparison', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example.ts')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/accuracy +0\.[7-9]/)
    expect(stdout).toMatch(/label: 'positive'/)
    expect(stdout).toMatch(/8 per class +frozen +0\.\d/)
  })
})
