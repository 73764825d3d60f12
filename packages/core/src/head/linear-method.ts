import { fitHead } from './fit-head.js'
import { linearHead } from './head.js'
import type { HeadMethod } from './head-method.js'

/** A linear head at its optimum, the strength of its penalty chosen by cross-validation where it is not given. */
export const linearMethod: HeadMethod = {
  kinds: ['classification', 'multi-label', 'regression'],
  chooses: 'the regularization',
  takes: ['l2', 'unfreeze', 'strategy'],
  async learn({ kind, labels, features, targets, weights, folds }, { l2, signal, onEvent }) {
    const regularization = l2 === undefined ? { folds } : { l2 }
    const problem = { kind, features, targets }
    const fitted = await fitHead(problem, { regularization, exampleWeights: weights, signal, onEvent })
    return { head: linearHead(kind, labels, fitted), heldOut: fitted.heldOut, l2: fitted.l2, chosen: {} }
  },
}
