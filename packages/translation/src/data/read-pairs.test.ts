import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pairsFor } from './pairs-for.js'
import { readTranslationData } from './read-pairs.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pairs-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(files: Readonly<Record<string, string>>, name: string): Promise<string> {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  return join(folder, name)
}

const languages = { source: 'en', target: 'de' }

describe('reading texts with their translations', () => {
  it('takes a table with the columns source and target', async () => {
    const path = await written({ 'a.tsv': 'source\ttarget\nOpen\tÖffnen\nSave, please\tBitte sichern\n' }, 'tsv')
    const { pairs } = await readTranslationData(join(path, 'a.tsv'))
    expect(pairs).toEqual([
      { source: 'Open', target: 'Öffnen' },
      { source: 'Save, please', target: 'Bitte sichern' },
    ])
  })

  it('takes columns that are named, and says which ones there are', async () => {
    const path = await written({ 'a.csv': 'id,en_US,de_DE\n1,Open,Öffnen\n' }, 'named')
    const options = { sourceColumn: 'en_US', targetColumn: 'de_DE' }
    expect((await readTranslationData(join(path, 'a.csv'), options)).pairs).toEqual([
      { source: 'Open', target: 'Öffnen' },
    ])
    await expect(readTranslationData(join(path, 'a.csv'), { sourceColumn: 'en_US' })).rejects.toThrow(
      'expected a column "target", got the columns "id", "en_US", "de_DE"',
    )
  })

  it('takes columns that are named by languages, in the direction of the translator, and says so', async () => {
    const path = await written({ 'a.csv': 'id,en,de,fr\n1,Open,Öffnen,Ouvrir\n2,Save,,Enregistrer\n' }, 'languages')
    const said: string[] = []
    const data = await readTranslationData(join(path, 'a.csv'), { onNotice: (message) => said.push(message) })
    expect(pairsFor(data, { languages })).toEqual([{ source: 'Open', target: 'Öffnen' }])
    expect(pairsFor(data, { languages: { source: 'fr', target: 'en' } })).toEqual([
      { source: 'Ouvrir', target: 'Open' },
      { source: 'Enregistrer', target: 'Save' },
    ])
    expect(said).toEqual([
      expect.stringContaining('the columns "en", "de", "fr" are taken for texts in these languages.'),
    ])
  })

  it('takes a folder with the tables train and test', async () => {
    const path = await written(
      { 'train.csv': 'source,target\nOpen,Öffnen\n', 'test.csv': 'source,target\nClose,Schließen\n' },
      'tables',
    )
    const data = await readTranslationData(path)
    expect(data.pairs).toEqual([{ source: 'Open', target: 'Öffnen' }])
    expect(data.test).toEqual([{ source: 'Close', target: 'Schließen' }])
  })

  it('joins catalogs of JSON by their keys, however deep', async () => {
    const path = await written(
      {
        'en.json': JSON.stringify({
          menu: { open: 'Open', close: 'Close' },
          count: 3,
          list: ['one', 'two'],
          'a.b': 'dots',
        }),
        'de.json': JSON.stringify({ menu: { open: 'Öffnen' }, list: ['eins', 'zwei'], a: { b: 'nicht das' } }),
        'fr.json': JSON.stringify({ menu: { open: 'Ouvrir' } }),
        'README.md': '# texts',
      },
      'json',
    )
    const data = await readTranslationData(path)
    expect(pairsFor(data, { languages })).toEqual([
      { source: 'Open', target: 'Öffnen' },
      { source: 'one', target: 'eins' },
      { source: 'two', target: 'zwei' },
    ])
    expect(pairsFor(data, { languages: { source: 'de', target: 'fr' } })).toEqual([
      { source: 'Öffnen', target: 'Ouvrir' },
    ])
    expect(() => pairsFor(data, { languages: { source: 'en', target: 'es' } })).toThrow(
      'expected texts in Spanish (es), got those of de, en, fr',
    )
    expect(() => pairsFor(data, { languages: undefined })).toThrow('sourceLanguage')
  })

  it('joins catalogs in a folder for each language, with regions', async () => {
    const path = await written(
      {
        'en-US/menu.json': '{"open":"Open"}',
        'en-US/edit.json': '{"open":"Edit"}',
        'de/menu.json': '{"open":"Öffnen"}',
        'de/edit.json': '{"open":"Bearbeiten"}',
      },
      'folders',
    )
    expect(pairsFor(await readTranslationData(path), { languages })).toEqual([
      { source: 'Edit', target: 'Bearbeiten' },
      { source: 'Open', target: 'Öffnen' },
    ])
  })

  it('takes a catalog of gettext, with contexts and plurals, without what is fuzzy', async () => {
    const po = `msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

msgctxt "state"
msgid "Open"
msgstr "Offen"

msgid "one file"
msgid_plural "%d files"
msgstr[0] "eine Datei"
msgstr[1] "%d Dateien"

#, fuzzy
msgid "Close"
msgstr "Nah"

msgid "Quit"
msgstr ""
`
    const path = await written({ 'de.po': po }, 'po')
    const events: string[] = []
    const onEvent = (event: { type: string; message?: string }): number => events.push(event.message ?? '')
    const data = await readTranslationData(join(path, 'de.po'))
    expect(pairsFor(data, { languages, onEvent })).toEqual([
      { source: 'one file', target: 'eine Datei' },
      { source: '%d files', target: '%d Dateien' },
      { source: 'Open', target: 'Öffnen' },
      { source: 'Open', target: 'Offen' },
    ])
    expect(events).toEqual([`${join(path, 'de.po')}: 1 pair without source or target is left out.`])
  })

  it('takes a translation memory, with what marks up its segments', async () => {
    const tmx = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en-US" datatype="plaintext"/><body>
<tu><tuv xml:lang="en-US"><seg>Open <ph x="1">&lt;b&gt;</ph>file</seg></tuv>
<tuv xml:lang="de-DE"><seg>Datei <ph x="1">&lt;b&gt;</ph>öffnen</seg></tuv></tu>
<tu><tuv xml:lang="en-US"><seg>42</seg></tuv></tu>
</body></tmx>`
    const path = await written(
      { 'memory.tmx': tmx, 'broken.tmx': '<tmx><body>', 'open.tmx': `<tmx></tmx><?xml` },
      'tmx',
    )
    const data = await readTranslationData(join(path, 'memory.tmx'))
    expect(pairsFor(data, { languages })).toEqual([{ source: 'Open <b>file', target: 'Datei <b>öffnen' }])
    for (const name of ['broken.tmx', 'open.tmx'])
      await expect(readTranslationData(join(path, name))).rejects.toThrow('a translation memory (TMX)')
  })

  it.each([
    ['a catalog that is no JSON', { 'en.json': '{', 'de.json': '{}' }, 'expected a catalog in JSON'],
    ['one language alone', { 'en.json': '{}' }, 'expected catalogs of two languages or more'],
    ['no catalogs', { 'a.txt': '' }, 'got a.txt'],
  ])('refuses %s', async (name, files, expected) => {
    await expect(readTranslationData(await written(files, name))).rejects.toThrow(expected)
  })
})

describe('the pairs of data', () => {
  const data = {
    name: 'my texts',
    pairs: [
      { source: 'The file could not be opened, because another program uses it.', target: '' },
      {
        source: 'The file could not be opened, because another program uses it.',
        target: 'Die Datei konnte nicht geöffnet werden, weil ein anderes Programm sie verwendet.',
      },
      {
        source: 'Choose what is shown in the list below the search field.',
        target: 'Wählen Sie, was in der Liste unter dem Suchfeld angezeigt wird.',
      },
      {
        source: 'Choose what is shown in the list below the search field.',
        target: 'Wählen Sie, was in der Liste unter dem Suchfeld angezeigt wird.',
      },
    ],
  }

  it('leave out empty targets and copies, and say so', () => {
    const events: string[] = []
    const onEvent = (event: { type: string; message?: string }): number => events.push(event.message ?? '')
    expect(pairsFor(data, { languages, onEvent })).toHaveLength(2)
    expect(events).toEqual([
      'my texts: 1 pair without source or target is left out.',
      'my texts: 1 copy of pairs is left out.',
    ])
  })

  it('are refused in the wrong order, with the languages that they seem to be in', () => {
    expect(() => pairsFor(data, { languages: { source: 'de', target: 'en' } })).toThrow(
      'my texts: expected sources in German and targets in English, got what reads like English and German. Swap the two sides',
    )
  })

  it('are refused where they are too few to learn from', () => {
    expect(() => pairsFor({ ...data, pairs: data.pairs.slice(1, 2) }, { languages, least: 10 })).toThrow(
      'expected at least 10 pairs of source and target, got 1. Add pairs; single terms are what a glossary is for',
    )
  })
})
