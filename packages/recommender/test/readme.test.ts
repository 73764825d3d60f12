import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

describe('the examples in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['first', 'second'])
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

  it('the second prints figures and recommends things of the same kind', () => {
    const { stdout, stderr, status } = examples.run('second')
    expect(stderr).toBe('shop/interactions.csv: timestamps in seconds.\n')
    expect(status).toBe(0)
    const ndcg = (method: string) => Number(new RegExp(`^${method} (\\S+)`, 'm').exec(stdout)?.[1])
    expect(ndcg('ease-text')).toBeGreaterThan(2 * ndcg('popularity'))
    expect(stdout).toMatch(/\[ 'lamp \d+', 'lamp \d+', 'lamp \d+' \]/)
  })
})
