import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readTextDataset } from '@headstart/nlp'
import { readShop } from '@headstart/recommender'
import { readImage } from '@headstart/vision/kit'
import { grayPicture } from './gray-picture.js'
import { mutated } from './mutate.js'
import { encoded, file, type Reader } from './reader.js'

const sizing = { height: 24, width: 24, resize: 'crop', cropFraction: 1, kernel: 'linear' } as const
const table = Array.from({ length: 30 }, (_, row) => `"text ${row}, said ""so""",${row % 2 ? 'yes' : 'no'}`)
const csv = encoded(['text,label', ...table, ''].join('\n'))
const jsonl = encoded(
  Array.from({ length: 30 }, (_, row) => JSON.stringify({ text: `text ${row}`, label: row % 2 ? 'yes' : 'no' })).join(
    '\n',
  ),
)
const fastText = encoded(
  Array.from({ length: 30 }, (_, row) => `__label__${row % 2 ? 'yes' : 'no'} text ${row}`).join('\n'),
)
const interactions = encoded(
  ['user,item,timestamp', ...Array.from({ length: 60 }, (_, row) => `u${row % 9},i${row % 7},${1.6e9 + row}`), ''].join(
    '\n',
  ),
)
const list = encoded(
  JSON.stringify(
    Array.from({ length: 10 }, (_, id) => ({
      id,
      data: { text: `text ${id}` },
      annotations: [{ result: [{ type: 'choices', value: { choices: ['yes'] } }] }],
    })),
    null,
    1,
  ),
)

/** Tables, pictures and shops. */
export const dataReaders: readonly Reader[] = [
  file('rows.csv', csv, (path) => readTextDataset(path)),
  file('rows.tsv', encoded(Buffer.from(csv).toString().replaceAll(',', '\t')), (path) => readTextDataset(path)),
  file('rows.jsonl', jsonl, (path) => readTextDataset(path)),
  file('list.json', list, (path) => readTextDataset(path)),
  file('rows.txt', fastText, (path) => readTextDataset(path)),
  file('rows.csv.gz', gzipSync(csv), (path) => readTextDataset(path)),
  file('picture.png', grayPicture(64, 120), (path) => readImage(path, { sizing })),
  {
    name: 'shop',
    async begin(folder) {
      await writeFile(join(folder, 'items.csv'), 'item,title\ni1,one\ni2,two\n')
      return async (chance) => {
        await writeFile(join(folder, 'interactions.csv'), mutated(interactions, chance))
        return readShop(folder)
      }
    },
  },
  {
    name: 'Parquet',
    async begin(folder) {
      const content = await readFile(new URL('../fixtures/shop.parquet', import.meta.url))
      await writeFile(join(folder, 'items.csv'), 'item,title\ni1,one\ni2,two\n')
      return async (chance) => {
        await writeFile(join(folder, 'interactions.parquet'), mutated(content, chance))
        return readShop(folder)
      }
    },
  },
]
