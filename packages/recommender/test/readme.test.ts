import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['first', 'lists', 'hour', 'second'])
    await mkdir(join(examples.folder, 'shop'))
    // Users take lamps or mugs, going round in a circle from where they begin.
    const items = Array.from({ length: 20 }, (_, item) => `${item},${item % 2 === 0 ? 'lamp' : 'mug'} ${item}`)
    const rows = Array.from({ length: 60 }, (_, user) =>
      Array.from({ length: 6 }, (__, step) => `u${user},${(user + 2 * step) % 20},${1_600_000_000 + step}`),
    )
    await writeFile(join(examples.folder, 'shop/items.csv'), `item,title\n${items.join('\n')}\n`)
    await writeFile(join(examples.folder, 'shop/interactions.csv'), `user,item,timestamp\n${rows.flat().join('\n')}\n`)
  })
  afterAll(() => examples.remove())

  it('compile', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('the first compares methods, saves a model, and says why it recommends', () => {
    const { stdout, stderr, status } = examples.run('first')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^popularity +0\.\d{3} +0\.\d{4}/m)
    expect(stdout).toMatch(/^Use [\w-]+ here, which validation picks/m)
    expect(stdout.match(/^lamp \d+ because of \[ '(lamp \d+)'/gm)).toHaveLength(3)
  })

  it('the second has the list as the shop wants it', () => {
    const { stdout, stderr, status } = examples.run('lists')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.match(/(lamp|mug) \d+/g)).toHaveLength(5)
  })

  it('the third knows what users did in the last hour, with a new item', async () => {
    await mkdir(join(examples.folder, 'last-hour'))
    const rows = ['u1', 'u2', 'new'].flatMap((user) => [`${user},0,1600000100`, `${user},99,1600000101`])
    await writeFile(join(examples.folder, 'last-hour/interactions.csv'), `user,item,timestamp\n${rows.join('\n')}\n`)
    await writeFile(join(examples.folder, 'last-hour/items.csv'), 'item,title\n99,lamp 99\n')
    const { status } = examples.run('hour')
    expect(status).toBe(0)
    const saved = JSON.parse(await readFile(join(examples.folder, 'shop-model/headstart.json'), 'utf8')) as object
    expect(saved).toMatchObject({
      since: { updates: 1, interactions: 6, items: 1 },
      training: { users: 61, items: 21 },
    })
  })

  it('the fourth prints figures and recommends things of the same kind', () => {
    const { stdout, stderr, status } = examples.run('second')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    const ndcg = (method: string) => Number(new RegExp(`^${method} (\\S+)`, 'm').exec(stdout)?.[1])
    expect(ndcg('ease-text')).toBeGreaterThan(2 * ndcg('popularity'))
    expect(stdout).toMatch(/\[ 'lamp \d+', 'lamp \d+', 'lamp \d+' \]/)
  })
})
