import { readFileSync } from 'node:fs'
import type { Scorer } from '../src/contract/scorer.js'
import { historiesOf, historyOf } from './histories.js'

type Scores = readonly number[][]

/** Figures of NumPy, SciPy and scikit-learn; the script that made them stands beside. */
export const fixture = JSON.parse(readFileSync(new URL('fixtures/scorers.json', import.meta.url), 'utf8')) as {
  items: number
  histories: number[][]
  asked: number[][]
  texts: string[]
  textSimilarity: Scores
  ease: { l2: number; scores: Scores }
  easeOfFew: { users: number; l2: number; scores: Scores }
  easeText: { l2: number; textWeight: number; scores: Scores }
  itemKnn: { neighbors: number; shrinkage: number; scores: Scores }
  als: { factors: number; l2: number; confidence: number; scores: Scores }
  ranking: { scores: Scores; targets: number[]; ndcg: number[] }
}

/** What the fixture's methods were fitted on. */
export const train = historiesOf(fixture.histories, fixture.items)

/** Scores of a scorer for the fixture's histories, one after the other. */
export function answers(scorer: Scorer): number[] {
  return fixture.asked.flatMap((history) => [...scorer.score(historyOf(history))])
}
