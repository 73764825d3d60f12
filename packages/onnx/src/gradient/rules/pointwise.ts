import { rule, type Rule, type Step } from '../rule.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** What the derivative of y = f(x) is written from. */
interface Pointwise {
  readonly ops: TensorOps
  readonly x: TypedValue
  readonly y: TypedValue
  readonly dy: TypedValue
  readonly step: Step
}

/** A function of each element by itself, given by its dx = dy · f'(x). */
export function pointwise(gradient: (values: Pointwise) => TypedValue): Rule {
  return rule((step) => [() => gradient({ ops: step.ops, x: step.input(0), y: step.output, dy: step.dy, step })])
}
