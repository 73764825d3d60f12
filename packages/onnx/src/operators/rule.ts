import { NotDifferentiableError } from '../errors.js'
import type { Node } from '../graph/graph.js'
import type { Facts } from './facts.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'

/**
 * What a rule gives: for each input of the node a function that writes the gradient by it, called only where the
 * gradient is wanted. Undefined for an input by which there is none: a shape, indices.
 */
export type InputGradients = readonly (InputGradient | undefined)[]

/** Writes the gradient of the loss by one input, of that input's shape; or says why there is none. */
export type InputGradient = (() => TypedValue) | NotDifferentiable

/** The derivative of an operator: from the gradients by its outputs to those by its inputs. */
export interface Rule {
  readonly kind: 'rule'
  readonly backward: (step: Step) => InputGradients
  /** The outputs written in other operators, for a node that is differentiated faster in that form; else undefined. */
  readonly lower?: ((step: Step) => readonly TypedValue[] | undefined) | undefined
  /** Why a node of that operator has no derivative here, as far as its attributes and inputs tell. */
  readonly refuses?: ((node: Node, opset: number) => string | undefined) | undefined
}

/** An operator that is written in simpler ones, whose derivatives are known, before the backward pass. */
export interface Composition {
  readonly kind: 'composition'
  /** The node's outputs; undefined for one without a gradient, which the node itself goes on writing. */
  readonly forward: (step: Step) => readonly (TypedValue | undefined)[]
  readonly refuses?: ((node: Node, opset: number) => string | undefined) | undefined
}

/** An operator that can stand on no way from a parameter to the loss. */
export interface NotDifferentiable {
  readonly kind: 'not differentiable'
  readonly reason: string
}

/** An operator whose output does not change with its inputs, or only in jumps: nothing flows back through it. */
export interface ZeroGradient {
  readonly kind: 'zero'
  readonly reason: string
}

/** All that is known of an operator: its derivative, and facts beside it. */
export type Entry = Facts & (Rule | Composition | NotDifferentiable | ZeroGradient)

type Refuses = NonNullable<Rule['refuses']>

export function rule(facts: Facts, backward: Rule['backward'], refuses?: Refuses, lower?: Rule['lower']): Facts & Rule {
  return { ...facts, kind: 'rule', backward, refuses, lower }
}

export function composition(facts: Facts, forward: Composition['forward'], refuses?: Refuses): Facts & Composition {
  return { ...facts, kind: 'composition', forward, refuses }
}

export function notDifferentiable(reason: string): NotDifferentiable {
  return { kind: 'not differentiable', reason }
}

export function zeroGradient(facts: Facts, reason: string): Facts & ZeroGradient {
  return { ...facts, kind: 'zero', reason }
}

/** One node of the forward pass, as its rule sees it. */
export class Step {
  constructor(
    readonly node: Node,
    /** Version of the node's operator set. */
    readonly opset: number,
    readonly ops: TensorOps,
    readonly inputs: readonly (TypedValue | undefined)[],
    readonly outputs: readonly (TypedValue | undefined)[],
    readonly gradients: readonly (TypedValue | undefined)[] = [],
    readonly addOutput: (index: number) => string = () => '',
  ) {}

  /** An input that the operator cannot do without. */
  readonly input = (index: number): TypedValue => {
    return this.inputs[index] ?? this.refuse(`its input ${index} is missing`)
  }

  /** An input's values. They are part of the training graph's shape, so they may depend on shapes only. */
  values(index: number): readonly number[] {
    const { name, values } = this.input(index)
    return values ?? this.refuse(`its input "${name}" sets shapes and depends on the data put in`)
  }

  /** As `values`, or what the specification says where the input is left out. */
  valuesOr<T>(index: number, fallback: T): readonly number[] | T {
    return this.inputs[index] ? this.values(index) : fallback
  }

  /** The node's first output. */
  get output(): TypedValue {
    return this.outputs[0] ?? this.refuse('its first output is left out')
  }

  /** The gradient by the first output, of an operator that has no other output with one. */
  get dy(): TypedValue {
    const other = this.gradients.findIndex((gradient, index) => index > 0 && gradient !== undefined)
    if (other > 0) this.refuse(`the loss depends on its output ${other}, by which there is no derivative here`)
    return this.gradients[0] ?? this.refuse('no gradient reaches its first output')
  }

  /** An optional output, which the node is made to write where it does not yet. */
  optionalOutput(index: number, { type, dims }: Pick<TypedValue, 'type' | 'dims'>): TypedValue {
    return this.outputs[index] ?? { name: this.addOutput(index), type, dims }
  }

  refuse(reason: string): never {
    throw new NotDifferentiableError(this.node, reason)
  }
}
