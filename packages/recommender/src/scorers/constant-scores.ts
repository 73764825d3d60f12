import type { Scorer } from '../contract/scorer.js'
import { rowsIn, type ScorerState, textIn } from '../contract/scorer-state.js'

/** The same scores for everybody, [items]. */
export function constantScores(name: string, scores: Float32Array): Scorer {
  return {
    name,
    score: () => scores.slice(),
    state: () => ({ kind: 'constant-scores', config: { name }, arrays: { scores } }),
  }
}

export function loadConstantScores(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  return constantScores(textIn(state, 'name'), rowsIn(state, 'scores', Float32Array, items))
}
