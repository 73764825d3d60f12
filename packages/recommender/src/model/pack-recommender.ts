import { DataError, type Packed } from '@headstart/core/load'
import { StatePacker } from './pack-states.js'
import type { Recommender } from '../contract/recommend.js'
import { itemsName, numbersName, type RecommenderManifest } from './recommender-manifest.js'
import { stateOfKept } from './kept-state.js'
import type { RecommenderParts } from './recommender-parts.js'
import type { ScorerState } from '../contract/scorer-state.js'

/**
 * What the folder of a recommender holds: `headstart.json`, the catalog (`items.jsonl`), the numbers that it was fitted to
 * (`numbers.bin`), and its networks as ONNX where it has some. Nothing in it is code, and nothing in it is of a single user,
 * unless what users did was to be kept.
 * @throws DataError when it is a recommender that has no state.
 */
export function packRecommender({
  catalog,
  recommender,
  popular,
  recipe,
  training,
  validation,
  kept,
  since,
}: RecommenderParts): Packed {
  const packer = new StatePacker()
  const manifest = {
    format: 'headstart-recommender',
    formatVersion: 1,
    task: 'recommend',
    recipe: recipe as RecommenderManifest['recipe'],
    training,
    validation: validation as RecommenderManifest['validation'],
    recommender: packer.pack(stateOf(recommender)),
    popular: packer.pack(stateOf(popular)),
    ...(kept && { kept: packer.pack(stateOfKept(kept)) }),
    ...(since && { since: { ...since, waiting: [...since.waiting] } }),
  } satisfies Omit<RecommenderManifest, 'files'>
  const lines = catalog.items.map(
    ({ id, title, texts, price, category }) => `${JSON.stringify({ id, title, texts, price, category })}\n`,
  )
  const files = new Map([
    ...packer.files,
    [itemsName, new TextEncoder().encode(lines.join(''))],
    [numbersName, packer.bytes()],
  ])
  return { manifest, files }
}

function stateOf(recommender: Recommender): ScorerState {
  const state = recommender.state?.()
  if (state) return state
  throw new DataError(
    `recommender "${recommender.name}"`,
    'a state that can be saved',
    'none',
    'Give it a function "state".',
  )
}
