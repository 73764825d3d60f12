import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('the examples in the README', () => {
  let folder: string

  beforeAll(async () => {
    const readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/recommender` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    for (const [place, code] of examples.entries()) await writeFile(join(folder, `example-${place + 1}.ts`), code)
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }')
    await mkdir(join(folder, 'shop'))
    // Users take lamps or mugs, going round in a circle from where they begin.
    const items = Array.from({ length: 20 }, (_, item) => `${item},${item % 2 === 0 ? 'lamp' : 'mug'} ${item}`)
    const rows = Array.from({ length: 60 }, (_, user) =>
      Array.from({ length: 6 }, (__, step) => `u${user},${(user + 2 * step) % 20},${1_600_000_000 + step}`),
    )
    await writeFile(join(folder, 'shop/items.csv'), `item,title\n${items.join('\n')}\n`)
    await writeFile(join(folder, 'shop/interactions.csv'), `user,item,timestamp\n${rows.flat().join('\n')}\n`)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const node = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

  it('compile', () => {
    const { stdout, status } = node(tsc, '--project', folder)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('the first compares methods, saves a model, and says why it recommends', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example-1.ts')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^popularity +0\.\d{3} +0\.\d{4}/m)
    expect(stdout).toMatch(/^Use [\w-]+ here, which validation picks/m)
    expect(stdout.match(/^lamp \d+ because of \[ '(lamp \d+)'/gm)).toHaveLength(3)
  })

  it('the second prints figures and recommends things of the same kind', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example-2.ts')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    const ndcg = (method: string) => Number(new RegExp(`^${method} (\\S+)`, 'm').exec(stdout)?.[1])
    expect(ndcg('ease-text')).toBeGreaterThan(2 * ndcg('popularity'))
    expect(stdout).toMatch(/\[ 'lamp \d+', 'lamp \d+', 'lamp \d+' \]/)
  })
})
