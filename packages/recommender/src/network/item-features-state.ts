import { DataError } from '@headstart/core/load'
import { loadAls } from '../scorers/als.js'
import { easeArrays, type EaseInverse, easeInverseIn } from '../scorers/ease.js'
import type { ItemFeaturesParts } from './item-features.js'
import { countIn, numberIn, rowsIn, type ScorerState, sparseArrays, sparseIn } from '../contract/scorer-state.js'
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
    fittedItems,
  } = parts
  return {
    kind: 'evidence',
    config: {
      itemCount,
      userCount,
      usualPopularity,
      hasClock: popularity.hasClock,
      ...(fittedItems !== undefined && { fittedItems }),
    },
    arrays: { ever: popularity.ever, lately: popularity.lately, now: popularity.now },
    parts: [
      ...[neighbors, follows, texts].map(sparseState),
      ...[ease, easeText].map(easeState),
      ...[als, sequence].flatMap((model) => (model?.state ? [model.state()] : [])),
    ],
  }
}

/** @throws DataError for a state with something missing. */
export async function featuresFrom(state: ScorerState, items: number): Promise<ItemFeaturesParts> {
  const [neighbors, follows, texts, ease, easeText, als, sequence] = state.parts ?? []
  if (!neighbors || !follows || !texts || !ease || !easeText || !als) {
    throw new DataError('saved features', 'six parts', `${state.parts?.length ?? 0}`, 'Train the model again.')
  }
  const fittedItems = state.config['fittedItems'] === undefined ? items : countIn(state, 'fittedItems', items)
  return {
    itemCount: items,
    ...(fittedItems < items && { fittedItems }),
    userCount: numberIn(state, 'userCount'),
    usualPopularity: numberIn(state, 'usualPopularity'),
    popularity: {
      ever: rowsIn(state, 'ever', Float32Array, items),
      lately: rowsIn(state, 'lately', Float32Array, items),
      now: rowsIn(state, 'now', Float32Array, items),
      hasClock: state.config['hasClock'] === true,
    },
    neighbors: sparseIn(neighbors, items, items),
    follows: sparseIn(follows, items, items),
    texts: sparseIn(texts, items),
    ease: easeInverseIn(ease, items),
    easeText: easeInverseIn(easeText, items),
    als: loadAls(als, [], fittedItems),
    ...(sequence && { sequence: await loadSequence(sequence) }),
  }
}

function sparseState(matrix: SparseRows): ScorerState {
  return { kind: 'sparse matrix', config: { columnCount: matrix.columnCount }, arrays: sparseArrays(matrix) }
}

function easeState(inverse: EaseInverse): ScorerState {
  return { kind: 'inverse of ease', config: {}, arrays: easeArrays(inverse) }
}
