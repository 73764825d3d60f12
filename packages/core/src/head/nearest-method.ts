import type { HeadMethod } from './head-method.js'
import { lastHeldOut, othersThan, stack } from './held-out.js'
import { lossesOf } from './held-out-loss.js'
import { weightedMean } from './inverse-temperature.js'
import { ballotsOf, type Known, nearestHead, neighborsOf, votes } from './nearest-head.js'
import { type Matrix, takeRows } from '../contract/matrix.js'

/** Numbers of neighbors that are tried. */
const tried = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]

/**
 * The answer of the k most alike training examples: each votes with its cosine (none below 0), and with the weight of its
 * class; numbers are averaged likewise. k is the one under which held-out examples have the least loss. Features are seen from
 * their mean and brought to length 1 (see `directionNodes`). Nearest neighbors: Cover and Hart, "Nearest Neighbor Pattern
 * Classification", 1967; votes by likeness: Dudani, "The Distance-Weighted k-Nearest-Neighbor Rule", 1976.
 *
 * The features of all training examples are a weight of the head's graph, `[n, featureSize]`: a saved model holds them, is
 * larger by 4 bytes for each number, and gives away what they say of the examples.
 */
export const nearestMethod: HeadMethod = {
  kinds: ['classification', 'multi-label', 'regression'],
  chooses: 'the number of neighbors',
  takes: [],
  async learn(examples, { signal, onEvent }) {
    const { kind, targets, weights, folds } = examples
    const fewest = targets.rows - Math.max(...folds.map(({ length }) => length))
    const counts = tried.filter((k) => k <= fewest)
    const most = counts.at(-1) as number
    const parts = counts.map((): Matrix[] => [])
    for (const [done, fold] of folds.entries()) {
      const known = some(examples, othersThan(fold, targets.rows))
      const ballots = ballotsOf(known)
      const found = await neighborsOf(takeRows(examples.features, fold), known.features, most, signal)
      for (const [place, k] of counts.entries()) parts[place]?.push(votes(found, ballots, k))
      onEvent?.({ type: 'cross-validation', done: done + 1, total: folds.length })
    }
    const rows = folds.flat()
    const truth = takeRows(targets, rows)
    const masses = rows.map((row) => weights[row] as number)
    const trials = counts.map((k, place) => {
      const answers = stack(parts[place] ?? [])
      return { k, answers, loss: weightedMean(lossesOf(kind, truth, answers), masses) }
    })
    const best = trials.reduce((least, trial) => (trial.loss < least.loss ? trial : least))
    return {
      head: nearestHead(examples, best.k),
      heldOut: lastHeldOut(rows, best.answers, targets.rows),
      l2: 0,
      chosen: { neighbors: best.k },
    }
  },
}

function some({ kind, labels, features, targets, weights }: Known, rows: readonly number[]): Known {
  return {
    kind,
    labels,
    features: takeRows(features, rows),
    targets: takeRows(targets, rows),
    weights: Float64Array.from(rows, (row) => weights[row] as number),
  }
}
