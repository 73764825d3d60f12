import { DataError } from '@headstart/core/load'
import { loadAls } from '../scorers/als.js'
import { behavior, loadBehavior } from '../network/behavior-recommender.js'
import { loadBlend } from '../scorers/blend.js'
import type { Catalog } from '../shop/catalog.js'
import { loadEase } from '../scorers/ease.js'
import { categoryAffinity, priceFit } from '../scorers/item-facts.js'
import { easeNeighbors, loadEaseNeighbors } from '../scorers/ease-and-neighbors.js'
import { loadKnn } from '../scorers/item-knn.js'
import type { Recommender } from '../contract/recommend.js'
import { loadPopularity } from '../scorers/popularity.js'
import { loadRepeats } from '../scorers/repeats.js'
import type { Scorer } from '../contract/scorer.js'
import { loadSessionKnn } from '../scorers/session-knn.js'
import { loadSequence, sequence } from '../network/sequence-recommender.js'
import { countIn, numberIn, type ScorerState } from '../contract/scorer-state.js'
import { loadTextSimilarity } from '../scorers/text-similarity.js'
import { newItems, withNewItems } from '../scorers/with-new-items.js'
import { loadRepeatTaker, repeatTaking } from '../scorers/repeat-taker.js'

/** Numbers of so many items are in a state, which may be fewer than the catalog has. */
type Load = (state: ScorerState, parts: readonly Scorer[], items: number, catalog: Catalog) => Scorer

const kinds: Readonly<Record<string, Load>> = {
  'constant-scores': loadPopularity,
  'item-links': loadKnn,
  'text-similarity': loadTextSimilarity,
  ease: loadEase,
  [easeNeighbors]: loadEaseNeighbors,
  als: loadAls,
  'session-knn': loadSessionKnn,
  repeats: loadRepeats,
  category: (state, _, __, catalog) => categoryAffinity(catalog, { decay: numberIn(state, 'decay') }),
  price: (state, _, __, catalog) => priceFit(catalog, { decay: numberIn(state, 'decay') }),
  blend: loadBlend,
}

/** A state of a kind that is not known: a newer version wrote it. */
export class UnknownStateError extends DataError {}

/**
 * Makes a scorer again from its state.
 * @throws UnknownStateError for a state of a kind that is not known.
 * @throws DataError for one with something missing.
 */
export function scorerOf(state: ScorerState, catalog: Catalog, items = catalog.size): Scorer {
  const [only] = state.parts ?? []
  if (state.kind === newItems && only) {
    const known = countIn(state, 'known', items)
    return withNewItems(known, catalog.terms)(scorerOf(only, catalog, known))
  }
  const load = Object.hasOwn(kinds, state.kind) ? kinds[state.kind] : undefined
  if (!load) {
    const expected = `one of: ${Object.keys(kinds).join(', ')}`
    throw new UnknownStateError('saved scorer', expected, state.kind, 'Update Headstart.')
  }
  const parts = (state.parts ?? []).map((part) => scorerOf(part, catalog, items))
  return load(state, parts, items, catalog)
}

type LoadRecommender = (state: ScorerState, catalog: Catalog, items: number) => Promise<Recommender>

/** Recommenders that are no scorers: made of others, or networks. */
const recommenders: Readonly<Record<string, LoadRecommender>> = {
  [behavior]: loadBehavior,
  [sequence]: loadSequence,
  [repeatTaking]: (state, catalog, items) =>
    loadRepeatTaker(
      state,
      (part) => recommenderOf(part, catalog, items),
      (part) => scorerOf(part, catalog, items),
    ),
  async [newItems](state, catalog, items) {
    const [part] = state.parts ?? []
    if (!part) throw new DataError(`saved recommender "${newItems}"`, 'a part', 'none', 'Train the model again.')
    const known = countIn(state, 'known', items)
    return withNewItems(known, catalog.terms)(await recommenderOf(part, catalog, known))
  },
}

/**
 * Makes a recommender again from its state.
 * @throws DataError as `scorerOf`.
 */
export async function recommenderOf(state: ScorerState, catalog: Catalog, items = catalog.size): Promise<Recommender> {
  const load = Object.hasOwn(recommenders, state.kind) ? recommenders[state.kind] : undefined
  return load ? load(state, catalog, items) : scorerOf(state, catalog, items)
}
