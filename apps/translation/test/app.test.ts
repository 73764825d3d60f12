import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { translator } from '@headstart/translation'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../src/app.js'
import { divided, languages, readMessages } from '../src/messages.js'
import { page } from '../src/page.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-translation-app-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = []
  const code = await app(args, (line) => lines.push(line))
  return { code, said: lines.join('\n') }
}

describe('the translation app', () => {
  it('says how to name a translator where none is named', async () => {
    const { code, said } = await run()
    expect(code).toBe(2)
    expect(said).toContain('Xenova/opus-mt-en-de')
  })

  it.each([
    [['nowhere', '--pairs', 'x'], 'option "pairs": expected a whole number from 1 on, got x.'],
    [['nowhere', '--language', 'nl'], 'option "language": expected cs, de, '],
    [['no/such/folder'], 'got nothing of that name'],
    [['nowhere', '--colour'], 'colour'],
  ])('refuses %j', async (args, message) => {
    const { code, said } = await run(...args)
    expect(code).toBe(2)
    expect(said).toContain(message)
  })

  it('adapts a translator to a part of the messages, fills in others, and shows what changed', async () => {
    const [model, out] = [join(folder, 'model'), join(folder, 'out')]
    await writeTranslator(model, tinyTranslator({ seed: 2, decoders: 'merged' }))
    const { code, said } = await run(model, '--pairs', '40', '--rest', '6', '--epochs', '1', '--out', out)
    expect(said).toMatch(/Filling in 6 of 46\.\nchrF2 of what was filled in, .*: \d+\.\d before, \d+\.\d after\./)
    expect(code).toBe(0)

    const { source, target } = await readMessages('de')
    const { done, left } = divided(source, 40, 0)
    const filled = JSON.parse(await readFile(join(out, 'de.json'), 'utf8')) as Record<string, string>
    for (const key of done) expect(filled[key]).toBe(target[key])
    await using adapted = await translator(join(out, 'translator'))
    const rest = left.slice(0, 6)
    const texts = await adapted.translate(rest.map((key) => source[key] as string))
    expect(rest.map((key) => filled[key])).toEqual(texts.map(({ text }) => text))
    const html = await readFile(join(out, 'page.html'), 'utf8')
    expect(html.match(/<tr>/g)).toHaveLength(7)
    expect(html).toMatch(/learned from \d+ messages/)
  })
})

it('the messages of TypeScript are there in all its languages, by the same keys', async () => {
  for (const language of languages) {
    const { source, target } = await readMessages(language)
    expect(Object.keys(source).length).toBeGreaterThan(2000)
    expect(Object.keys(source).every((key) => target[key] !== undefined)).toBe(true)
  }
})

it('the page shows what changed, and nothing of a message is taken for its own', () => {
  const rows = [
    { source: 'a <T>', before: 'ein altes Wort', after: 'ein neues Wort', problems: ['{0} is missing.'] },
    { source: 'b', before: 'b', after: 'b', problems: [] },
  ]
  const html = page(rows, { translator: 'opus', language: 'de', learned: 3, before: 1, after: 2 })
  expect(html).toContain('a &#60;T&#62;')
  expect(html).toContain('ein <del>altes</del><ins>neues</ins> Wort')
  expect(html).toContain('1 of these came out otherwise than before, 1 are marked')
})
