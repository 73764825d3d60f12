import { DataError, OptionError } from '../contract/errors.js'
import { type Matrix, rowOf } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'
import { type Ranked, ranked, scoreOfRank } from './ranked.js'

/**
 * How right the answers for held-out examples were, higher is better: the probability of the right class; of numbers the
 * negated distance. Undefined where nothing is promised by it.
 */
export type Conformity = Ranked

/** @param targets, results Truth and answers of examples that were held out, `[n, outputs]` each. */
export function conformityOf(kind: Kind, targets: Matrix, results: Matrix): Conformity | undefined {
  if (kind === 'multi-label' || targets.rows === 0) return undefined
  const scores = Float64Array.from({ length: targets.rows }, (_, row) => {
    const [truth, answer] = [rowOf(targets, row), rowOf(results, row)]
    if (kind === 'regression') return -Math.abs((truth[0] as number) - (answer[0] as number))
    return answer[truth.indexOf(1)] as number
  })
  return ranked(scores)
}

/**
 * The conformity that the truth reaches with the wanted probability: the score of rank (1 - coverage)(n + 1) of n held-out ones
 * (Vovk, "Cross-conformal predictors", 2015; the answers that are asked come from one model, fitted to all examples, which is a
 * little better than those that were held out). The classes at least as probable are the smallest sets that hold the right one so
 * often (Sadinle, Lei and Wasserman, "Least Ambiguous Set-Valued Classifiers with Bounded Error Levels", 2019).
 *
 * @throws OptionError for a coverage outside its range
 * @throws DataError where there are too few examples to promise it: n < 1 / (1 - coverage) - 1
 */
export function leastConformity(held: Conformity, coverage: number): number {
  if (!(coverage > 0 && coverage < 1)) {
    throw new OptionError('option "coverage"', 'a probability above 0 and below 1', String(coverage), 'Try 0.9.')
  }
  const rank = (1 - coverage) * (held.examples + 1)
  // 1 - 0.9 is a little less than 0.1.
  if (rank < 1 - 1e-9) {
    const needed = Math.ceil(1 / (1 - coverage) - 1 - 1e-9)
    const expected = `${needed} or more training examples that were held out, to promise a coverage of ${coverage}`
    throw new DataError('model', expected, String(held.examples), 'Train with more examples, or ask for less coverage.')
  }
  return scoreOfRank(held, Math.min(Math.max(rank, 1), held.examples))
}
