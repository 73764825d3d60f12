import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

describe('the example in the README', () => {
  let folder: string

  beforeAll(async () => {
    const readme = await readFile(join(here, '../README.md'), 'utf8')
    // Inside the package, so that `@headstart/recommender` is found as its users find it.
    folder = await mkdtemp(join(here, '.readme-'))
    await writeFile(join(folder, 'example.ts'), /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '')
    await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["example.ts"] }')
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

  it('compiles', () => {
    const { stdout, status } = node(tsc, '--project', folder)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('prints figures and recommends things of the same kind', () => {
    const { stdout, stderr, status } = node('--import', 'tsx', 'example.ts')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    const ndcg = (method: string) => Number(new RegExp(`^${method} (\\S+)`, 'm').exec(stdout)?.[1])
    expect(ndcg('ease-text')).toBeGreaterThan(2 * ndcg('popularity'))
    expect(stdout).toMatch(/\[ 'lamp \d+', 'lamp \d+', 'lamp \d+' \]/)
  })
})
