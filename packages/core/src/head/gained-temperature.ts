import { type Matrix, takeRows } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'
import { lossesOf } from './held-out-loss.js'
import { bestInverseTemperature, scaledLogits, weightedMean } from './inverse-temperature.js'

/** In so many parts held-out answers are split, to see whether the temperature found on the others helps on each. */
const parts = 5

/**
 * The inverse temperature for a head, from what the heads of the folds answered for examples that they had not seen: 1 unless one that
 * is found on some of them lowers the loss of the others. See `bestInverseTemperature`.
 * @param targets, results `[n, outputs]` each.
 * @param weights Of each example, `[n]`.
 */
export function gainedInverseTemperature(kind: Kind, targets: Matrix, results: Matrix, weights: Float64Array): number {
  if (kind === 'regression' || targets.rows < parts) return 1
  const rows = [...weights.keys()]
  const temperatureOf = (some: readonly number[]): number =>
    bestInverseTemperature(
      kind,
      takeRows(targets, some),
      takeRows(results, some),
      some.map((row) => weights[row] as number),
    )
  let [before, after] = [0, 0]
  for (let part = 0; part < parts; part++) {
    const held = rows.filter((row) => row % parts === part)
    const truth = takeRows(targets, held)
    const answers = takeRows(results, held)
    const times = temperatureOf(rows.filter((row) => row % parts !== part))
    const mass = held.map((row) => weights[row] as number)
    before += held.length * weightedMean(lossesOf(kind, truth, answers), mass)
    after += held.length * weightedMean(lossesOf(kind, truth, scaledLogits(kind, answers, times)), mass)
  }
  return after < before ? temperatureOf(rows) : 1
}
