import { fitHead } from './fit-head.js'
import { takeRows } from '../contract/matrix.js'
import { bestInverseTemperature, expectedSpread, scaledLogits } from './inverse-temperature.js'
import { linearHead } from './head.js'
import type { HeadMethod } from './head-method.js'

/** A linear head at its optimum, the strength of its penalty chosen by cross-validation where it is not given. */
export const linearMethod: HeadMethod = {
  kinds: ['classification', 'multi-label', 'regression'],
  chooses: 'the regularization',
  takes: ['l2', 'unfreeze', 'strategy'],
  async learn({ kind, labels, features, beside, targets, weights, folds, products, decade }, options) {
    const { l2, strength: by, signal, onEvent } = options
    const regularization = l2 === undefined ? { folds, from: decade } : { l2 }
    const problem = { kind, features, beside, targets, products }
    const fitted = await fitHead(problem, { regularization, exampleWeights: weights, strength: by, signal, onEvent })
    const { heldOut, l2: strength } = fitted
    // The name of a class is an example that is never held out.
    const held = [...new Set(folds.flat())]
    const times = heldOut
      ? bestInverseTemperature(
          kind,
          takeRows(targets, held),
          takeRows(heldOut, held),
          held.map((row) => weights[row] as number),
          { spread: by === 'calibrated' ? expectedSpread.usual : expectedSpread.chosenUnscaled },
        )
      : (options.inverseTemperature ?? 1)
    if (times === 1) return { head: linearHead(kind, labels, fitted), heldOut, l2: strength, chosen: {} }
    const surer = { weight: fitted.weight.map((w) => times * w), bias: fitted.bias.map((b) => times * b) }
    return {
      head: linearHead(kind, labels, surer),
      heldOut: heldOut && scaledLogits(kind, heldOut, times),
      l2: strength,
      chosen: { inverseTemperature: times },
    }
  },
}
