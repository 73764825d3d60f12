import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@headstart/core'
import { describe, expect, it } from 'vitest'
import { folder } from '../../test/folders.js'
import { fillCatalogs } from './fill-catalogs.js'

/** Fills a catalog, each text with itself in capital letters, and says what was asked. */
async function fill(source: string, target: string | undefined, ending: string) {
  const place = await folder()
  const [from, to] = [join(place, `en.${ending}`), join(place, `de.${ending}`)]
  await writeFile(from, source)
  if (target !== undefined) await writeFile(to, target)
  expect(fillCatalogs.fits(from, to)).toBe(true)
  const { queries, kept, filled } = await fillCatalogs.open(from, to)
  const { bytes, remarks } = filled(queries.map((text) => ({ text: text.toUpperCase(), problems: [] })))
  return { queries, kept, remarks, text: new TextDecoder().decode(bytes), from, to }
}

const json = (value: object, indent: string | number = 2): string => `${JSON.stringify(value, null, indent)}\n`

describe('a catalog in JSON', () => {
  const source = json({
    menu: { open: 'open', close: 'close', more: { all: 'all' } },
    list: ['a', 'b'],
    size: 3,
    title: 'title',
  })

  it('that is not there yet is made, with all that the source has', async () => {
    const { queries, kept, text } = await fill(source, undefined, 'json')
    expect([queries, kept]).toEqual([['open', 'close', 'all', 'a', 'b', 'title'], 0])
    expect(text).toBe(
      json({ menu: { open: 'OPEN', close: 'CLOSE', more: { all: 'ALL' } }, list: ['A', 'B'], size: 3, title: 'TITLE' }),
    )
  })

  it('keeps to the letter what is there, in its layout, and gets what is missing behind its neighbors', async () => {
    const target = '{\n\t"title": "\\u00dcberschrift",\n\t"own": [1,2],\n\t"menu": { "close": "" , "open":"auf" }\n}'
    const { queries, kept, text } = await fill(source, target, 'json')
    expect([queries, kept]).toEqual([['close', 'all', 'a', 'b'], 2])
    expect(text.startsWith('{\n\t"title": "\\u00dcberschrift",\n\t"own": [1,2],\n\t"menu": {')).toBe(true)
    expect(JSON.parse(text)).toEqual({
      title: 'Überschrift',
      own: [1, 2],
      menu: { close: 'CLOSE', open: 'auf', more: { all: 'ALL' } },
      list: ['A', 'B'],
    })
    expect(text).toMatch(/\n\t"list": \[\n\t\t"A"/)
  })

  it('that has everything is not changed by a byte', async () => {
    const target = '{"menu":{"open":"a","close":"b","more":{"all":"c"}},\n"list":["d","e"],"title":"f"}  \n'
    const { queries, kept, text } = await fill(source, target, 'json')
    expect([queries, kept, text]).toEqual([[], 6, target])
  })

  it('keeps a gap where there is no answer, and says what is to be looked at', async () => {
    const { from, to } = await fill(source, undefined, 'json')
    const { filled } = await fillCatalogs.open(from, to)
    const wrong = new InputError('text', 'a short one', 'a long one', '')
    const {
      bytes,
      remarks,
      filled: count,
    } = filled([
      { text: 'auf', problems: ['{0} is missing.'] },
      { text: '', problems: ['Nothing came out.'] },
      wrong,
      wrong,
      wrong,
      wrong,
    ])
    expect(remarks).toEqual([
      'menu.open: to be looked at: {0} is missing.',
      'menu.close: to be looked at: Nothing came out.',
    ])
    expect(count).toBe(1)
    const { menu } = JSON.parse(new TextDecoder().decode(bytes)) as { menu: object }
    expect(menu).toEqual({ open: 'auf', more: {} })
  })

  it.each(['[', '"text"', ''])('is refused where it is none: %j', async (text) => {
    await expect(fill(text, undefined, 'json')).rejects.toThrow(/en\.json: expected/)
    if (text !== '') await expect(fill(source, text, 'json')).rejects.toThrow(/de\.json: expected/)
  })
})

describe('a catalog of gettext', () => {
  const header =
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=3; plural=n;\\n"\n'
  const source = `${header}
#: a.c:1
msgid "open"
msgstr ""

msgctxt "menu"
msgid "open"
msgstr ""

msgid "%d file"
msgid_plural "%d files"
msgstr[0] ""
msgstr[1] ""
`
  it('gets what is missing in it, each form of a plural, and keeps the rest', async () => {
    const target = `${header}\n# by hand\n#, fuzzy\nmsgid "open"\nmsgstr "auf"\n\nmsgid "gone"\nmsgstr "weg"\n`
    const { queries, kept, text } = await fill(source, target, 'po')
    expect([queries, kept]).toEqual([['%d file', '%d files', '%d files', 'open'], 1])
    expect(text.startsWith(target.trimEnd())).toBe(true)
    expect(text).toContain('msgctxt "menu"\nmsgid "open"\nmsgstr "OPEN"')
    expect(text).toContain('msgstr[0] "%D FILE"\nmsgstr[1] "%D FILES"\nmsgstr[2] "%D FILES"')
  })

  it('keeps what is there to the letter, and gets new entries behind their neighbors', async () => {
    const [first, gap, last] = [
      '# by hand\nmsgid   "open"\nmsgstr "au"\n"f"\n',
      'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] "eine Datei"\n',
      '#~ msgid "old"\n#~ msgstr "alt"\n',
    ]
    const { text } = await fill(source, [header, first, gap, last].join('\n'), 'po')
    const added = 'msgctxt "menu"\nmsgid "open"\nmsgstr "OPEN"\n'
    const filled = `${gap.trimEnd()}\nmsgstr[1] "%D FILES"\nmsgstr[2] "%D FILES"\n`
    expect(text).toBe([header, first, added, filled, last].join('\n'))
  })

  it('that has everything is not changed by a byte', async () => {
    const target = source.replaceAll(/(msgstr.*) ""/g, '$1 "x"').replaceAll('\n', '\r\n')
    const whole = target.replace('msgstr "x"', 'msgstr ""').replace('msgstr[1] "x"', 'msgstr[1] "x"\r\nmsgstr[2] "y"')
    expect((await fill(source, whole, 'po')).text).toBe(whole)
  })

  it('that is not there yet is made, with the language that it is called after', async () => {
    const { text } = await fill(source, undefined, 'po')
    expect(text).toContain('Language: de\\n')
    expect(text).toContain('Plural-Forms: nplurals=2; plural=(n != 1);\\n')
    expect(text).toContain('#: a.c:1\nmsgid "open"\nmsgstr "OPEN"')
  })

  it('with names that every object has is filled in, and no object gets more', async () => {
    const names = `${header}\nmsgctxt "__proto__"\nmsgid "polluted"\nmsgstr ""\n\nmsgctxt "constructor"\nmsgid "name"\nmsgstr ""\n\nmsgid "__proto__"\nmsgstr ""\n`
    const { queries, text } = await fill(names, header, 'po')
    expect(queries).toEqual(['__proto__', 'polluted', 'name'])
    for (const said of ['"POLLUTED"', '"NAME"', '"__PROTO__"']) expect(text).toContain(`msgstr ${said}`)
    expect(Object(1)).not.toHaveProperty('polluted')
  })

  it('of a language with a billion forms, or cut short, is refused or read', async () => {
    await expect(fill(source, header.replace('=3', '=1000000000'), 'po')).rejects.toThrow('at most 10 plural forms')
    expect((await fill(`${header}\nmsgid "open"\n`, undefined, 'po')).queries).toEqual(['open'])
  })

  it('in the folders of gettext has the language of its folder, with as many plural forms', async () => {
    const place = await folder()
    const [from, to] = [join(place, 'messages.pot'), join(place, 'pl', 'LC_MESSAGES', 'messages.po')]
    await writeFile(from, 'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n')
    const { queries, filled } = await fillCatalogs.open(from, to)
    expect(queries).toHaveLength(3)
    const text = new TextDecoder().decode(filled(queries.map((one) => ({ text: one, problems: [] }))).bytes)
    expect(text).toContain('Language: pl\\n')
    expect(text).toContain('msgstr[2] "%d files"')
  })

  it('without a header is filled in as well', async () => {
    const { text } = await fill('msgid "open"\nmsgstr ""\n', 'msgid "close"\nmsgstr "zu"\n', 'po')
    expect(text).toBe('msgid "open"\nmsgstr "OPEN"\n\nmsgid "close"\nmsgstr "zu"\n')
  })

  it('is filled in from its own texts, and marks what is to be looked at', async () => {
    const { to } = await fill(source, source, 'po')
    const { queries, filled } = await fillCatalogs.open(to, to)
    const { bytes } = filled(queries.map((text, place) => ({ text, problems: place === 0 ? ['It is empty.'] : [] })))
    const text = new TextDecoder().decode(bytes)
    expect(text).toContain('#: a.c:1\n#, fuzzy\nmsgid "open"\nmsgstr "open"')
    expect(text.match(/fuzzy/g)).toHaveLength(1)
    expect(await readFile(to, 'utf8')).toBe(source)
  })
})

it('other files are not filled in', () => {
  for (const [from, to] of [
    ['en.json', 'de.po'],
    ['texts.csv', 'out.csv'],
    ['Open', 'de.json'],
  ] as const)
    expect(fillCatalogs.fits(from, to)).toBe(false)
})
