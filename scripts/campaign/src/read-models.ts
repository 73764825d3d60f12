import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject, ModelFiles } from '@headstart/core'
import { loadModel as loadText } from '@headstart/nlp'
import { loadRecommender } from '@headstart/recommender'
import { loadModel as loadImage } from '@headstart/vision'
import { grayPicture } from './gray-picture.js'
import { mutated } from './mutate.js'
import { encoded, type Reader } from './reader.js'
import { savedModels } from './saved-models.js'

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

/** Saved models, of every kind. */
export const modelReaders: readonly Reader[] = [
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
]
