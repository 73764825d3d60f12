import type { Scorer } from '../contract/scorer.js'
import { arrayIn, type ScorerState, textIn } from '../contract/scorer-state.js'

/** The same scores for everybody, [items]. */
export function constantScores(name: string, scores: Float32Array): Scorer {
  return {
    name,
    score: () => scores.slice(),
    state: () => ({ kind: 'constant-scores', config: { name }, arrays: { scores } }),
  }
}

export function loadConstantScores(state: ScorerState): Scorer {
  return constantScores(textIn(state, 'name'), arrayIn(state, 'scores', Float32Array))
}
