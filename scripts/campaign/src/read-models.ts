import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
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
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)))
}

/** A saved model one of whose files is damaged, and whose hashes are right all the same: as somebody makes it on purpose. */
export function model(
  name: string,
  folder: string | ((place: string) => Promise<string>),
  load: (files: ModelFiles) => Promise<unknown>,
): Reader {
  return {
    name,
    async begin(place) {
      const files = await filesOf(typeof folder === 'string' ? folder : await folder(place))
      const names = [...files.keys()]
      return async (chance) => {
        const which = names[chance.below(names.length)] as string
        const damaged = sealed(new Map([...files, [which, mutated(files.get(which) as Uint8Array, chance)]]))
        return load({ name: 'a damaged model', read: async (file) => damaged.get(file) })
      }
    },
  }
}

/** With the right hashes in all manifests that are JSON still, the innermost first. */
function sealed(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const result = new Map(files)
  const manifests = [...files.keys()].filter((name) => basename(name) === 'headstart.json')
  for (const name of manifests.toSorted((a, b) => b.length - a.length)) {
    const json = parsed(result.get(name) as Uint8Array)
    if (!json) continue
    const { integrity: _, ...rest } = json
    const hashes = Object.keys(Object(rest['files']) as object).map((file) => {
      const bytes = result.get(join(dirname(name), file))
      return [file, bytes ? sha256(bytes) : ''] as const
    })
    const right = { ...rest, files: Object.fromEntries(hashes) }
    result.set(name, encoded(JSON.stringify({ ...right, integrity: sha256(JSON.stringify(right)) })))
  }
  return result
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
