import { DataError } from '@headstart/core/load'
import { loadAls } from '../scorers/als.js'
import { easeArrays, type EaseInverse, easeInverseIn } from '../scorers/ease.js'
import type { ItemFeaturesParts } from './item-features.js'
import { arrayIn, numberIn, type ScorerState, sparseArrays, sparseIn } from '../contract/scorer-state.js'
import { loadSequence } from './sequence-recommender.js'
import type { SparseRows } from '../math/sparse-rows.js'

/** What features is computed from, as data: nothing of a single user. */
export function stateOfFeatures(parts: ItemFeaturesParts): ScorerState {
  const {
    itemCount,
    userCount,
    usualPopularity,
    popularity,
    neighbors,
    ease,
    easeText,
    follows,
    texts,
    als,
    sequence,
  } = parts
  return {
    kind: 'evidence',
    config: { itemCount, userCount, usualPopularity, hasClock: popularity.hasClock },
    arrays: { ever: popularity.ever, lately: popularity.lately, now: popularity.now },
    parts: [
      ...[neighbors, follows, texts].map(sparseState),
      ...[ease, easeText].map(easeState),
      ...[als, sequence].flatMap((model) => (model?.state ? [model.state()] : [])),
    ],
  }
}

/** @throws DataError for a state with something missing. */
export async function featuresFrom(state: ScorerState): Promise<ItemFeaturesParts> {
  const [neighbors, follows, texts, ease, easeText, als, sequence] = state.parts ?? []
  if (!neighbors || !follows || !texts || !ease || !easeText || !als) {
    throw new DataError('saved features', 'six parts', `${state.parts?.length ?? 0}`, 'Train the model again.')
  }
  return {
    itemCount: numberIn(state, 'itemCount'),
    userCount: numberIn(state, 'userCount'),
    usualPopularity: numberIn(state, 'usualPopularity'),
    popularity: {
      ever: arrayIn(state, 'ever', Float32Array),
      lately: arrayIn(state, 'lately', Float32Array),
      now: arrayIn(state, 'now', Float32Array),
      hasClock: state.config['hasClock'] === true,
    },
    neighbors: sparseIn(neighbors),
    follows: sparseIn(follows),
    texts: sparseIn(texts),
    ease: easeInverseIn(ease),
    easeText: easeInverseIn(easeText),
    als: loadAls(als),
    ...(sequence && { sequence: await loadSequence(sequence) }),
  }
}

function sparseState(matrix: SparseRows): ScorerState {
  return { kind: 'sparse matrix', config: { columnCount: matrix.columnCount }, arrays: sparseArrays(matrix) }
}

function easeState(inverse: EaseInverse): ScorerState {
  return { kind: 'inverse of ease', config: {}, arrays: easeArrays(inverse) }
}
