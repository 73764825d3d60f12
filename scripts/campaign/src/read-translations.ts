import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readTranslationData, translateTask, translator } from '@headstart/translation'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { mutated } from './mutate.js'
import { encoded, file, type Reader } from './reader.js'

const entries = [
  ['Open the file', 'Datei öffnen'],
  ['Save {count} files', '{count} Dateien speichern'],
  ['%s is "new"', '%s ist "neu"'],
] as const
const po = encoded(
  [
    'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n',
    ...entries.map(([from, to]) => `#: a.ts:1\nmsgid ${JSON.stringify(from)}\nmsgstr ${JSON.stringify(to)}\n`),
    'msgctxt "menu"\nmsgid "%d page"\nmsgid_plural "%d pages"\nmsgstr[0] ""\nmsgstr[1] ""\n',
  ].join('\n'),
)
const unit = ([from, to]: readonly string[]): string =>
  `<tu><tuv xml:lang="en"><seg>${from}</seg></tuv><tuv xml:lang="de"><seg>${to} <ph x="1"/>&amp;</seg></tuv></tu>`
const tmx = encoded(
  `<?xml version="1.0"?><!DOCTYPE tmx><tmx version="1.4"><body>${entries.map(unit).join('\n')}</body></tmx>`,
)
const catalog = (side: 0 | 1): object => ({
  menu: Object.fromEntries(entries.map((entry, place) => [`entry${place}`, entry[side]])),
  list: ['one', ''],
  title: '{count, plural, one {# file} other {# files}}',
})
const [english, german] = ([0, 1] as const).map((side) => encoded(JSON.stringify(catalog(side), null, 1))) as [
  Uint8Array,
  Uint8Array,
]

/** Fills a damaged catalog, from a whole one. */
function filled(name: string, from: Uint8Array, to: Uint8Array): Reader {
  return {
    name: `gaps of ${name}`,
    async begin(folder) {
      const paths = ['en', 'de'].map((language) => join(folder, `${language}.${name}`)) as [string, string]
      return async (chance) => {
        const isSource = chance.below(2) === 0
        await writeFile(paths[0], isSource ? mutated(from, chance) : from)
        await writeFile(paths[1], isSource ? to : mutated(to, chance))
        const gaps = await translateTask.fills?.open(...paths)
        gaps?.filled(gaps.queries.map(() => ({ text: 'etwas {count}', problems: [] })) as never)
      }
    },
  }
}

/** Catalogs, translation memories and translators. */
export const translationReaders: readonly Reader[] = [
  file('pairs.po', po, (path) => readTranslationData(path)),
  file('pairs.tmx', tmx, (path) => readTranslationData(path)),
  file('pairs.tsv', encoded(`source\ttarget\n${entries.map((entry) => entry.join('\t')).join('\n')}\n`), (path) =>
    readTranslationData(path),
  ),
  {
    name: 'folder of catalogs',
    async begin(folder) {
      await writeFile(join(folder, 'en.json'), english)
      return async (chance) => {
        await writeFile(join(folder, 'de.json'), mutated(german, chance))
        return readTranslationData(folder)
      }
    },
  },
  filled('json', english, german),
  filled('po', po, po),
  {
    name: 'translator',
    async begin(folder) {
      const files = tinyTranslator({ decoders: 'merged' })
      await writeTranslator(folder, files)
      const settings = [...files].filter(([name]) => name.endsWith('.json'))
      return async (chance) => {
        const [name, bytes] = settings[chance.below(settings.length)] as [string, Uint8Array]
        await writeFile(join(folder, name), mutated(bytes, chance))
        try {
          const opened = await translator(folder)
          await opened.translate(['open the file'], { maxLength: 8 })
          await opened.close()
        } finally {
          await writeFile(join(folder, name), bytes)
        }
      }
    },
  },
]
