import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from './scene.js'

describe('headstart translate', () => {
  let scene: Scene
  let model: string
  beforeAll(async () => {
    scene = await openScene()
    model = scene.path('model')
    // As it is published: such a folder is a model, without having been trained.
    await writeTranslator(model, tinyTranslator({ seed: 2, decoders: 'merged' }))
  })
  afterAll(() => scene.remove())

  const run = (...args: string[]) => scene.run(['translate', model, ...args])

  it('translates texts, with the options of the translator', async () => {
    const { stdout, stderr, code } = await run(
      'open the file',
      'print',
      '--json',
      '--beams',
      '2',
      '--max-length',
      '5',
      '--keep',
      'file,page',
    )
    expect([stderr, code]).toEqual(['', 0])
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { input: string; text: string; problems: string[] })
    expect(answers.map(({ input }) => input)).toEqual(['open the file', 'print'])
    expect(answers.every(({ text, problems }) => text !== '' && problems.length === 0)).toBe(true)
    expect(answers[0]?.text).toContain('file')
  })

  it('fills in what a catalog lacks, and touches nothing else of it', async () => {
    const from = await scene.write(
      'en.json',
      JSON.stringify({ menu: { open: 'open {0}', save: 'save' }, page: 'page' }, null, 2),
    )
    const to = await scene.write('de.json', '{\n  "menu": {\n    "save": "sichern!"\n  }\n}\n')
    const first = await run(from, '--out', to, '--json')
    expect([first.stderr, first.code]).toEqual(['', 0])
    expect(JSON.parse(first.stdout)).toEqual({ task: 'translate', from, out: to, filled: 2, kept: 1, remarks: [] })
    const text = await readFile(to, 'utf8')
    const filled = JSON.parse(text) as { menu: Record<string, string>; page: string }
    expect(filled.menu['open']).toContain('{0}')
    expect(filled.menu['save']).toBe('sichern!')
    expect(text).toMatch(
      /^\{\n {2}"menu": \{\n {4}"open": ".*",\n {4}"save": "sichern!"\n {2}\},\n {2}"page": ".+"\n\}\n$/,
    )

    const second = await run(from, '--out', to)
    expect(second.stdout).toBe(`0 filled in, 3 kept as they were: ${to}\n`)
    expect(await readFile(to, 'utf8')).toBe(text)
  })

  it('fills in the catalogs of a folder, those that are not there yet as well', async () => {
    for (const name of ['en/more', 'de']) await mkdir(scene.path(name), { recursive: true })
    await scene.write('en/menu.json', '{"open":"open","save":"save"}')
    await scene.write('en/more/page.json', '{"page":"page"}')
    const to = await scene.write('de/menu.json', '{"open":"auf"}')
    const { stdout, stderr, code } = await run(scene.path('en'), '--out', scene.path('de'), '--json')
    expect([stderr, code]).toEqual(['', 0])
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { filled: number }).filled)).toEqual([1, 1])
    expect(JSON.parse(await readFile(to, 'utf8'))).toMatchObject({ open: 'auf', save: expect.stringMatching(/./) })
    expect(await readFile(scene.path('de/more/page.json'), 'utf8')).toMatch(/^\{\n {2}"page": ".+"\n\}$/)
  })

  it('does not translate the name of a catalog or a folder that came without --out', async () => {
    const catalog = await scene.write('open.po', 'msgid "page"\nmsgstr ""\n')
    await mkdir(scene.path('some'), { recursive: true })
    for (const [place, what] of [
      [catalog, 'file'],
      [scene.path('some'), 'folder'],
    ] as const) {
      const { stdout, stderr, code } = await run(place)
      expect(stderr).toContain(`got a ${what} that is read only with --out. Give one alone, say where its answers go`)
      expect([stdout, code]).toEqual(['', 2])
    }
  })

  it('says how a catalog of JSON is filled in that came without --out', async () => {
    const catalog = await scene.write('common.json', '{"open":"open","menu":{"save":"save"}}')
    const { stdout, stderr, code } = await run(catalog)
    expect(stderr).toMatch(
      /^headstart: option --out: expected the file that the answers to .*common\.json go to, as it is read as a catalog of texts, got none\. Say it: .* --out TO\.json\n/,
    )
    expect(stderr).toMatch(/\nAs a table it cannot be read either: .* expected a column "source"/)
    expect([stdout, code]).toEqual(['', 2])
  })

  it('leaves the file as it is where a text is refused, and says which', async () => {
    const from = await scene.write('long.json', JSON.stringify({ a: 'open the file '.repeat(40) }))
    const to = scene.path('long.de.json')
    const { code, stderr } = await run(from, '--out', to, '--long-texts', 'refuse')
    expect(code).toBe(2)
    expect(stderr).toContain('expected at most 64 tokens')
    await expect(readFile(to)).rejects.toThrow('ENOENT')
  })

  it('answers the rows of a table', async () => {
    const from = await scene.write('texts.csv', 'id,source\n1,open the file\n2,print\n')
    const out = join(scene.path('out.csv'))
    const { code, stderr } = await run(from, '--out', out, '--max-length', '4')
    expect([stderr, code]).toEqual(['', 0])
    expect(await readFile(out, 'utf8')).toMatch(
      /^id,source,predicted_text,predicted_problems\n1,open the file,.+,\n2,print,.+,\n$/,
    )
  })

  it.each([
    ['en.json', 'de.po', 'option --out: expected a file ending in .csv'],
    ['missing.json', 'de.json', 'missing.json'],
  ])('refuses %s into %s', async (from, to, message) => {
    const { code, stderr } = await run(scene.path(from), '--out', scene.path(to))
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
  })

  it('says that another command asks such models', async () => {
    const { code, stderr } = await scene.run(['predict', model, 'open'])
    expect(code).toBe(2)
    expect(stderr).toContain('translate')
  })
})
