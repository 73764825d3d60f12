/** Losses that stand in a graph as operators. */
import { intOf, textOf } from '../../graph/attributes.js'
import { sizeOf } from '../../graph/tensor.js'
import { computed } from '../facts.js'
import { composition, type Step } from '../rule.js'
import { range } from '../shapes.js'
import type { TypedValue } from '../tensor-ops.js'

/** -Σ w_t · x_t over all places, of the class t of each; as the mean, divided by Σ w_t. */
export const NegativeLogLikelihoodLoss = composition(computed, (step) => [likelihood(step, step.input(0))])

/** The same of the logarithms of softmax(x), over the second axis. */
export const SoftmaxCrossEntropyLoss = composition(computed, (step) => {
  const logarithms = step.ops.unary('LogSoftmax', step.input(0), { axis: 1 })
  return [likelihood(step, logarithms), logarithms]
})

/** @param x Logarithms of probabilities, `[batch, classes, ...]`; classes are `[batch, ...]`, weights of classes `[classes]`. */
function likelihood({ ops, node, input, inputs }: Step, x: TypedValue): TypedValue {
  const [classes, weights] = [input(1), inputs[2]]
  const ignored = node.attributes['ignore_index'] && intOf(node, 'ignore_index', 0)
  const isIgnored = ignored === undefined ? undefined : ops.isEqual(classes, ignored)
  const known = isIgnored ? ops.zeroWhere(isIgnored, classes) : classes
  const output = { type: x.type, dims: classes.dims }
  const column = classes.dims.toSpliced(1, 0, 1)
  const chosen = ops.op('GatherElements', [x, ops.reshape(known, column)], { type: x.type, dims: column }, { axis: 1 })
  const own = weights ? ops.op('Gather', [weights, known], output) : ops.full(1, output)
  const weight = isIgnored ? ops.zeroWhere(isIgnored, own) : own
  const losses = ops.neg(ops.mul(ops.reshape(chosen, classes.dims), weight))
  const reduction = textOf(node, 'reduction', 'mean')
  if (reduction === 'none') return losses
  const sum = (value: TypedValue): TypedValue => ops.reduceSum(value, range(0, value.dims.length), false)
  if (reduction === 'sum') return sum(losses)
  return weights || isIgnored ? ops.div(sum(losses), sum(weight)) : ops.scale(sum(losses), 1 / sizeOf(classes.dims))
}
