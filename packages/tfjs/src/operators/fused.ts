import type { Operand } from '../operand.js'
import type { Operation } from '../operation.js'
import { activations } from './activations.js'

/** What a fused node computes after its convolution or product: a bias, then an activation. */
export interface Fusion {
  readonly bias: Operand | undefined
  /** The node's activation of a value. */
  activate(x: Operand): Operand
}

/**
 * The attribute `fused_ops` of _FusedConv2D, FusedDepthwiseConv2dNative and _FusedMatMul, whose further inputs from
 * `firstArgument` on are the bias and the slope of Prelu.
 */
export function fusionOf(operation: Operation, firstArgument: number): Fusion {
  // A node without a bias has an empty name in its place.
  const names = operation.texts('fused_ops').filter((name) => name !== '')
  const hasBias = names[0] === 'BiasAdd'
  const [name = 'Linear', ...others] = hasBias ? names.slice(1) : names
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined
  if (!activation || others.length > 0) {
    throw operation.refusal(`BiasAdd and one of ${Object.keys(activations).join(', ')} in fused_ops`, names.join(', '))
  }
  return {
    bias: hasBias ? operation.input(firstArgument) : undefined,
    activate: (x) =>
      activation(operation, x, name === 'Prelu' ? operation.input(firstArgument + (hasBias ? 1 : 0)) : undefined),
  }
}
