import {
  damaged,
  DataError,
  HeadstartError,
  type Loader,
  type ModelFiles,
  newer,
  readModelFolder,
  parseJsonText,
} from '@headstart/core/load'
import * as z from 'zod'
import { Catalog, type Item } from '../shop/catalog.js'
import { keptFrom } from './kept-state.js'
import { recommenderOf, UnknownStateError } from './load-scorer.js'
import { type PackedState, unpacker } from './pack-states.js'
import { itemsName, numbersName, recommenderFormat } from './recommender-manifest.js'
import { RecommenderModel } from './recommender-model.js'
import type { ScorerState } from '../contract/scorer-state.js'

/** Loads saved recommenders, wherever they lie. */
export const recommenderLoader: Loader<RecommenderModel> = {
  opens: ({ format }) => format === recommenderFormat.name,
  load: recommenderFrom,
}

/** @throws ModelFolderError when it is missing, damaged, changed, of a newer format or of another kind. */
async function recommenderFrom(place: ModelFiles): Promise<RecommenderModel> {
  const { manifest, files } = await readModelFolder(place, recommenderFormat)
  const folder = place.name
  const fileOf = (name: string): Uint8Array => {
    const bytes = files.get(name)
    if (!bytes) throw damaged(folder, `the file ${name}`, 'a list of files without it')
    return bytes
  }
  const unpack = unpacker(fileOf(numbersName), files)
  const stateOf = (packed: PackedState): ScorerState => {
    const state = unpack(packed)
    if (!state) throw damaged(folder, `all that "${packed.kind}" was fitted to`, 'less')
    return state
  }
  const catalog = readCatalog(folder, fileOf(itemsName))
  try {
    return new RecommenderModel({
      catalog,
      recommender: await recommenderOf(stateOf(manifest.recommender), catalog),
      popular: await recommenderOf(stateOf(manifest.popular), catalog),
      recipe: manifest.recipe,
      training: manifest.training,
      validation: manifest.validation,
      kept: manifest.kept && keptFrom(stateOf(manifest.kept), catalog.size),
      since: manifest.since,
    })
  } catch (cause) {
    if (!(cause instanceof HeadstartError)) {
      const got = cause instanceof Error ? cause.message : 'something else'
      throw damaged(folder, 'what a recommender is made of', got, { cause })
    }
    if (!(cause instanceof DataError)) throw cause
    const refusal = cause instanceof UnknownStateError ? newer : damaged
    throw refusal(folder, `${cause.expected} (${cause.who})`, cause.got, { cause })
  }
}

const itemSchema = z.object({
  id: z.string(),
  title: z.string().optional(),
  texts: z.array(z.string()).optional(),
  price: z.number().optional(),
  category: z.string().optional(),
})

function readCatalog(folder: string, bytes: Uint8Array): Catalog {
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1)
  try {
    return new Catalog(
      lines.map((line): Item => itemSchema.parse(parseJsonText(line))),
      folder,
    )
  } catch (cause) {
    throw damaged(folder, `items, one a line, in ${itemsName}`, 'something else', { cause })
  }
}
