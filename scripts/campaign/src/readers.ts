import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { FeatureCache, type JsonObject, type ModelFiles } from '@headstart/core'
import type { Random } from '@headstart/core/kit'
import { loadModel as loadText, readTextDataset, transformersBackbone } from '@headstart/nlp'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { readOnnx, Session } from '@headstart/onnx'
import { loadRecommender, readShop } from '@headstart/recommender'
import { decodeTfjsModel, importTfjs } from '@headstart/tfjs'
import { loadModel as loadImage } from '@headstart/vision'
import { readImage } from '@headstart/vision/kit'
import { grayPicture } from './gray-picture.js'
import { mutated } from './mutate.js'
import { savedModels } from './saved-models.js'

/** Something that reads what somebody else made. */
export interface Reader {
  readonly name: string
  /** Gives what is done with the next damaged input. Its folder is its own. */
  readonly begin: (folder: string) => Promise<(chance: Random) => Promise<unknown>>
}

const sizing = { height: 24, width: 24, resize: 'crop', cropFraction: 1, kernel: 'linear' } as const
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

async function filesOf(folder: string): Promise<Map<string, Uint8Array>> {
  const names = await readdir(folder)
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)))
}

/** A saved model one of whose files is damaged, and whose hashes are right all the same: as somebody makes it on purpose. */
function model(name: string, folder: string, load: (files: ModelFiles) => Promise<unknown>): Reader {
  return {
    name,
    async begin() {
      const files = await filesOf(folder)
      const { integrity: _, ...manifest } = JSON.parse(
        Buffer.from(files.get('headstart.json') as Uint8Array).toString(),
      ) as {
        integrity: string
        files: Record<string, string>
      }
      const names = [...files.keys()]
      return async (chance) => {
        const damaged = new Map(files)
        const which = names[chance.below(names.length)] as string
        const other = mutated(files.get(which) as Uint8Array, chance)
        damaged.set(which, other)
        if (which !== 'headstart.json') {
          const right = { ...manifest, files: { ...manifest.files, [which]: sha256(other) } }
          damaged.set('headstart.json', encoded(JSON.stringify({ ...right, integrity: sha256(JSON.stringify(right)) })))
        } else {
          // Where it is JSON still, it is as it was saved.
          const json = parsed(other)
          if (json) {
            const { integrity: __, ...rest } = json
            damaged.set('headstart.json', encoded(JSON.stringify({ ...rest, integrity: sha256(JSON.stringify(rest)) })))
          }
        }
        return load({ name: 'a damaged model', read: async (file) => damaged.get(file) })
      }
    },
  }
}

function parsed(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** A file that is damaged and read from the disk. */
function file(name: string, content: Uint8Array, read: (path: string) => Promise<unknown>): Reader {
  return {
    name,
    async begin(folder) {
      const path = join(folder, name)
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        return read(path)
      }
    },
  }
}

const table = Array.from({ length: 30 }, (_, row) => `"text ${row}, said ""so""",${row % 2 ? 'yes' : 'no'}`)
const csv = encoded(['text,label', ...table, ''].join('\n'))
const jsonl = encoded(
  Array.from({ length: 30 }, (_, row) => JSON.stringify({ text: `text ${row}`, label: row % 2 ? 'yes' : 'no' })).join(
    '\n',
  ),
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

export const readers: readonly Reader[] = [
  model('model of texts', savedModels.text, async (files) => {
    const loaded = await loadText(files)
    await loaded.predict('The food was good.')
    await loaded.close()
  }),
  model('model of pieces', savedModels.pieces, async (files) => {
    const loaded = await loadText(files)
    await loaded.predict('The food was good.')
    await loaded.close()
  }),
  model('model of pictures', savedModels.image, async (files) => {
    const loaded = await loadImage(files)
    await loaded.predict(grayPicture(24, 90))
    await loaded.close()
  }),
  model('recommender', savedModels.shop, async (files) => {
    const loaded = await loadRecommender(files)
    const [first] = loaded.catalog.items
    await loaded.recommend(first ? [first.id] : [])
    await loaded.close()
  }),
  model('behavior network', savedModels.behavior, async (files) => {
    const loaded = await loadRecommender(files)
    const [first] = loaded.catalog.items
    await loaded.recommend(first ? [first.id] : [])
    await loaded.close()
  }),
  {
    name: 'ONNX file',
    async begin(folder) {
      const content = await readFile(join(savedModels.text, 'model.onnx'))
      const path = join(folder, 'model.onnx')
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        const graph = await readOnnx(path)
        await (await Session.create(graph, { threads: 1 })).close()
      }
    },
  },
  {
    name: 'published encoder',
    async begin(folder) {
      const files = Object.entries(bertFiles()).filter(([name]) => name.endsWith('.json'))
      await writeFiles(folder, bertFiles())
      return async (chance) => {
        const [name, content] = files[chance.below(files.length)] as [string, object]
        const bytes = encoded(JSON.stringify(content))
        await writeFile(join(folder, name), mutated(bytes, chance))
        try {
          const backbone = await transformersBackbone(folder)
          await backbone.embed(['The food was good.'])
          await backbone.close?.()
        } finally {
          await writeFile(join(folder, name), bytes)
        }
      }
    },
  },
  file('rows.csv', csv, (path) => readTextDataset(path)),
  file('rows.tsv', encoded(Buffer.from(csv).toString().replaceAll(',', '\t')), (path) => readTextDataset(path)),
  file('rows.jsonl', jsonl, (path) => readTextDataset(path)),
  file('list.json', list, (path) => readTextDataset(path)),
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
  {
    name: 'TensorFlow.js model',
    async begin() {
      const node = (name: string, op: string, input: string[], attr: object) => ({ name, op, input, attr })
      const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } })
      const json = {
        format: 'graph-model',
        modelTopology: {
          node: [
            node('x', 'Placeholder', [], { dtype: { type: 'DT_FLOAT' }, shape: dims(-1, 4) }),
            node('w', 'Const', [], {
              dtype: { type: 'DT_FLOAT' },
              value: { tensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '4' }, { size: '2' }] } } },
            }),
            node('y', 'MatMul', ['x', 'w'], { transpose_a: { b: false }, transpose_b: { b: false } }),
          ],
        },
        weightsManifest: [{ paths: ['shard'], weights: [{ name: 'w', shape: [4, 2], dtype: 'float32' }] }],
      }
      const text = encoded(JSON.stringify(json))
      const shard = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer)
      return async (chance) => {
        const isJson = chance.below(4) > 0
        const model = await decodeTfjsModel(
          'a damaged model',
          Buffer.from(isJson ? mutated(text, chance) : text).toString(),
          async () => (isJson ? shard : mutated(shard, chance)),
        )
        return importTfjs(model)
      }
    },
  },
  {
    name: 'feature cache',
    async begin(folder) {
      const keys = Array.from({ length: 20 }, (_, place) => sha256(String(place)))
      const first = await FeatureCache.open({ directory: folder })
      const space = await first.namespace('any')
      for (const key of keys)
        await space.set(
          key,
          Float32Array.from({ length: 16 }, (_, place) => place),
        )
      await first.flush()
      const [inner = ''] = await readdir(folder)
      const [segment = ''] = await readdir(join(folder, inner))
      const path = join(folder, inner, segment)
      const content = await readFile(path)
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        const found = await (await (await FeatureCache.open({ directory: folder })).namespace('any')).getMany(keys)
        // A damaged entry is a missing one: never other numbers.
        for (const values of found)
          if (values?.some((value, place) => value !== place)) throw new RangeError('other features')
      }
    },
  },
]
