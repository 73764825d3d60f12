import { DataError } from '@headstart/core'
import { loadAls } from './als.js'
import { behaviour, loadBehaviour } from './behaviour-recommender.js'
import { loadBlend } from './blend.js'
import type { Catalogue } from './catalogue.js'
import { loadConstantScores } from './constant-scores.js'
import { loadEase } from './ease.js'
import { categoryAffinity, priceFit } from './item-facts.js'
import { easeNeighbours, loadEaseNeighbours } from './ease-and-neighbours.js'
import { loadItemLinks } from './item-links.js'
import type { Recommender } from './recommend.js'
import { loadRepeats } from './repeats.js'
import type { Scorer } from './scorer.js'
import { loadSequence, sequence } from './sequence-recommender.js'
import { numberIn, type ScorerState } from './scorer-state.js'
import { loadTextSimilarity } from './text-similarity.js'
import { tfIdf } from './tf-idf.js'
import { newItems, withNewItems } from './with-new-items.js'
import { loadRepeatTaker, repeatTaking } from './with-repeats.js'

type Load = (state: ScorerState, parts: readonly Scorer[], catalogue: Catalogue) => Scorer

const kinds: Readonly<Record<string, Load>> = {
  'constant-scores': loadConstantScores,
  'item-links': loadItemLinks,
  'text-similarity': loadTextSimilarity,
  ease: loadEase,
  [easeNeighbours]: loadEaseNeighbours,
  als: loadAls,
  repeats: loadRepeats,
  category: (state, _, catalogue) => categoryAffinity(catalogue, { decay: numberIn(state, 'decay') }),
  price: (state, _, catalogue) => priceFit(catalogue, { decay: numberIn(state, 'decay') }),
  blend: loadBlend,
}

/**
 * Makes a scorer again from its state.
 * @throws DataError for a state of a kind that is not known, and for one with something missing.
 */
export function scorerOf(state: ScorerState, catalogue: Catalogue): Scorer {
  const load = Object.hasOwn(kinds, state.kind) ? kinds[state.kind] : undefined
  if (!load) throw new DataError('saved scorer', `one of: ${Object.keys(kinds).join(', ')}`, state.kind, 'Update Headstart.')
  const parts = (state.parts ?? []).map((part) => scorerOf(part, catalogue))
  return load(state, parts, catalogue)
}

type LoadRecommender = (state: ScorerState, catalogue: Catalogue) => Promise<Recommender>

/** Recommenders that are no scorers: made of others, or networks. */
const recommenders: Readonly<Record<string, LoadRecommender>> = {
  [behaviour]: loadBehaviour,
  [sequence]: loadSequence,
  [repeatTaking]: (state, catalogue) => loadRepeatTaker(state, (part) => recommenderOf(part, catalogue), (part) => scorerOf(part, catalogue)),
  async [newItems](state, catalogue) {
    const [part] = state.parts ?? []
    if (!part) throw new DataError(`saved recommender "${newItems}"`, 'a part', 'none', 'Train the model again.')
    return withNewItems(numberIn(state, 'known'), tfIdf(catalogue.texts()))(await recommenderOf(part, catalogue))
  },
}

/**
 * Makes a recommender again from its state.
 * @throws DataError as `scorerOf`.
 */
export async function recommenderOf(state: ScorerState, catalogue: Catalogue): Promise<Recommender> {
  const load = Object.hasOwn(recommenders, state.kind) ? recommenders[state.kind] : undefined
  return load ? load(state, catalogue) : scorerOf(state, catalogue)
}
