import { DataError } from '@headstart/core'
import { loadAls } from './als.js'
import { easeArrays, type EaseInverse, easeInverseIn } from './ease.js'
import type { EvidenceParts } from './evidence.js'
import { arrayIn, numberIn, type ScorerState, sparseArrays, sparseIn } from './scorer-state.js'
import { loadSequence } from './sequence-recommender.js'
import type { SparseRows } from './sparse-rows.js'

/** What evidence is computed from, as data: nothing of a single user. */
export function stateOfEvidence(parts: EvidenceParts): ScorerState {
  const { itemCount, userCount, usualPopularity, popularity, neighbours, ease, easeText, follows, texts, als, sequence } = parts
  return {
    kind: 'evidence',
    config: { itemCount, userCount, usualPopularity, hasClock: popularity.hasClock },
    arrays: { ever: popularity.ever, lately: popularity.lately, now: popularity.now },
    parts: [
      ...[neighbours, follows, texts].map(sparseState),
      ...[ease, easeText].map(easeState),
      ...[als, sequence].flatMap((model) => (model?.state ? [model.state()] : [])),
    ],
  }
}

/** @throws DataError for a state with something missing. */
export async function evidenceFrom(state: ScorerState): Promise<EvidenceParts> {
  const [neighbours, follows, texts, ease, easeText, als, sequence] = state.parts ?? []
  if (!neighbours || !follows || !texts || !ease || !easeText || !als) {
    throw new DataError('saved evidence', 'six parts', `${state.parts?.length ?? 0}`, 'Train the model again.')
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
    neighbours: sparseIn(neighbours),
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
