import type { Facts } from '../facts.js'
import { rule, type Rule, type Step } from '../rule.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** What the derivative by one input is written from. */
interface Single {
  readonly ops: TensorOps
  readonly x: TypedValue
  readonly y: TypedValue
  readonly dy: TypedValue
  readonly step: Step
}

/** The gradient by the only input, given by dx = ... */
export function single(facts: Facts, gradient: (values: Single) => TypedValue, lower?: Rule['lower']): Facts & Rule {
  const backward: Rule['backward'] = (step) => {
    return [() => gradient({ ops: step.ops, x: step.input(0), y: step.output, dy: step.dy, step })]
  }
  return rule(facts, backward, undefined, lower)
}

/** A function of each element by itself, given by its dx = dy · f'(x). */
export function pointwise(facts: Facts, gradient: (values: Single) => TypedValue): Facts & Rule {
  return single(facts, gradient, sameOrder)
}

/** An operator on each element takes its first input in the order of axes in which it was made. */
export function sameOrder(step: Step): readonly TypedValue[] | undefined {
  const { ops, node, inputs, output } = step
  const x = step.input(0)
  if (!x.permuted || node.outputs.length > 1) return undefined
  const write = (value: TypedValue): TypedValue =>
    ops.op(
      node.opType,
      [value, ...inputs.slice(1)],
      { type: output.type, dims: value.dims },
      node.attributes,
      node.domain,
    )
  return [ops.elementwise(x, write)]
}
