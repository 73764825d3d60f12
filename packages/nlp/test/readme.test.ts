import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadmeExamples, readmeExamples } from '../../../readme-examples.js'

const { resolve } = createRequire(import.meta.url)

describe('the example in the README', () => {
  let examples: ReadmeExamples

  beforeAll(async () => {
    examples = await readmeExamples(new URL('../', import.meta.url), ['example', 'trust', 'chatbot'])
    const reviews = JSON.parse(await readFile(resolve('sentiment/test/fixtures/yelp.json'), 'utf8')) as {
      text: string
      class: 0 | 1 | null
    }[]
    // Short ones, which take less time; of each class enough for all draws.
    const rows = [1, 0].flatMap((kind) =>
      reviews.filter((row) => row.class === kind && row.text.length < 50).slice(0, 85),
    )
    const csv = rows.map((row) => `${row.class ? 'positive' : 'negative'},"${row.text.replaceAll('"', '""')}"\n`)
    await writeFile(join(examples.folder, 'reviews.csv'), `label,text\n${csv.join('')}`)
  })
  afterAll(() => examples.remove())

  it('compiles', () => {
    expect(examples.compile()).toEqual({ stdout: '', stderr: '', status: 0 })
  })

  it('has a bot that asks for a day, and does not know everything', () => {
    const { stdout, stderr, status } = examples.run('chatbot')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.split('\n')).toEqual([
      "repair { slot: 'day' } Which day suits you?",
      'Bring it on 2026-05-03, before ten.',
      expect.stringMatching(/^false I am not sure that I can help with that/),
      expect.stringContaining('9 to 18'),
      '',
    ])
  })

  it('says what to look at, what it does not know, why, and what to label next', async () => {
    const { stdout, stderr, status } = examples.run('trust')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^unknown, most like (posi|nega)tive: 0\.\d\d$/m)
    expect(stdout).toMatch(/^positive, because of \(omission\):$/m)
    expect(stdout).toMatch(/at random/)
    const page = await readFile(join(examples.folder, 'why.html'), 'utf8')
    expect(page).toContain('<mark')
    expect(await readFile(join(examples.folder, 'report.html'), 'utf8')).toContain('inputs that do not belong')
  })

  it('prints figures, an answer and a comparison', () => {
    const { stdout, stderr, status } = examples.run('example')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/accuracy +0\.[7-9]/)
    expect(stdout).toMatch(/label: 'positive'/)
    expect(stdout).toMatch(/8 per class +frozen +0\.\d/)
  })
})
