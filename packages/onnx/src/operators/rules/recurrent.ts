/** Recurrent layers, unrolled: the length of a batch is known when its gradient is written. */
import { float } from '../../graph/builder.js'
import type { Node } from '../../graph/graph.js'
import { intOf, textOf } from '../../graph/attributes.js'
import { computed, recurrentWeights } from '../facts.js'
import { composition, type Step } from '../rule.js'
import { at, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** A function of each element. */
type Activation = (x: TypedValue) => TypedValue

/** What one direction is computed from. */
interface Direction {
  readonly ops: TensorOps
  readonly size: number
  /** Of the gates, in the operator's order: `[gates · size, inputs]` and `[gates · size, size]`. */
  readonly w: TypedValue
  readonly r: TypedValue
  /** `[gates · size]`; undefined: 0. */
  readonly wb: TypedValue | undefined
  readonly rb: TypedValue | undefined
  /** Weights of the cell in the gates (LSTM alone), `[3 · size]`. */
  readonly peepholes: TypedValue | undefined
  readonly activations: readonly Activation[]
  readonly node: Node
}

/** One step: what the input gives to the gates, `[batch, gates · size]`, and the state before, `[batch, size]` each; the state after. */
type Cell = (direction: Direction, input: TypedValue, state: readonly TypedValue[]) => readonly TypedValue[]

/** Part of the gates or of their weights, along the last axis. */
const gate = ({ ops, size }: Direction, x: TypedValue, first: number, count = 1): TypedValue =>
  ops.slice(x, [{ axis: x.dims.length - 1, start: first * size, end: (first + count) * size }])

/** The gates of the state: h · Rᵀ, and the bias. */
function recurrence({ ops, r, rb }: Direction, h: TypedValue): TypedValue {
  const product = ops.matMul(h, r, { transB: true })
  return rb ? ops.add(product, rb) : product
}

/** h ← f(x · Wᵀ + h · Rᵀ + b) (ONNX, "RNN") */
const plainCell: Cell = (direction, input, [h]) => {
  const [f] = direction.activations as readonly [Activation]
  return [f(direction.ops.add(input, recurrence(direction, h as TypedValue)))]
}

/** c ← f · c + i · g(c̃), h ← o · h(c), the gates i, o, f, c̃ (Hochreiter and Schmidhuber, 1997; ONNX, "LSTM") */
const longShortCell: Cell = (direction, input, state) => {
  const { ops, peepholes, activations } = direction
  const [h, c] = state as readonly [TypedValue, TypedValue]
  const [f, g, last] = activations as readonly [Activation, Activation, Activation]
  const gates = ops.add(input, recurrence(direction, h))
  const seen = (index: number, place: number, cell: TypedValue): TypedValue => {
    const own = gate(direction, gates, index)
    return peepholes ? ops.add(own, ops.mul(gate(direction, peepholes, place), cell)) : own
  }
  const kept = ops.mul(f(seen(2, 2, c)), c)
  const after = ops.add(kept, ops.mul(f(seen(0, 0, c)), g(gate(direction, gates, 3))))
  return [ops.mul(f(seen(1, 1, after)), last(after)), after]
}

/** h ← (1 - z) · g(h̃) + z · h, the gates z, r, h̃ (Cho et al., 2014; ONNX, "GRU") */
const gatedCell: Cell = (direction, input, state) => {
  const { ops, node, r, rb, activations } = direction
  const [h] = state as readonly [TypedValue]
  const [f, g] = activations as readonly [Activation, Activation]
  const part = (first: number, count: number): Direction => {
    const rows = { axis: 0, start: first * direction.size, end: (first + count) * direction.size }
    return { ...direction, r: ops.slice(r, [rows]), rb: rb && ops.slice(rb, [rows]) }
  }
  const gates = f(ops.add(gate(direction, input, 0, 2), recurrence(part(0, 2), h)))
  const [update, reset] = [gate(direction, gates, 0), gate(direction, gates, 1)]
  const isLinearFirst = intOf(node, 'linear_before_reset', 0) !== 0
  const before = isLinearFirst ? ops.mul(reset, recurrence(part(2, 1), h)) : recurrence(part(2, 1), ops.mul(reset, h))
  const fresh = g(ops.add(gate(direction, input, 2), before))
  return [ops.add(ops.mul(ops.sub(ops.scalar(1, update), update), fresh), ops.mul(update, h))]
}

/**
 * A recurrent layer: x `[tokens, batch, inputs]`, weights `[directions, ...]`, then a bias, lengths `[batch]` and what the state is
 * at first, `[directions, batch, size]`; it gives all outputs, `[tokens, directions, batch, size]`, and the last state.
 */
function recurrent(cell: Cell, states: 1 | 2, defaults: readonly string[]) {
  return composition(
    { ...computed, weights: recurrentWeights },
    (step) => {
      const { ops, node, input, inputs } = step
      const [x, w, r, b, lengths] = [input(0), input(1), input(2), inputs[3], inputs[4]]
      const [tokens, batch] = x.dims as [number, number, number]
      const size = at(r.dims, 2)
      const flow = textOf(node, 'direction', 'forward')
      const activations = activationsOf(step, defaults)
      const directions = range(0, at(w.dims, 0)).map((index) => {
        const own = (value: TypedValue): TypedValue =>
          ops.reshape(ops.slice(value, [{ axis: 0, start: index, end: index + 1 }]), value.dims.slice(1))
        const bias = b && own(b)
        const part = (start: number): TypedValue | undefined => {
          const half = bias && at(bias.dims, 0) / 2
          return bias && half ? ops.slice(bias, [{ axis: 0, start: start * half, end: (start + 1) * half }]) : undefined
        }
        const count = defaults.length
        return unrolled(cell, {
          ops,
          node,
          size,
          w: own(w),
          r: own(r),
          wb: part(0),
          rb: part(1),
          peepholes: inputs[7] && own(inputs[7]),
          activations: activations.slice(index * count, (index + 1) * count),
          x,
          lengths: lengths && ops.cast(lengths, 'int64'),
          isBackward: flow === 'reverse' || index === 1,
          state: range(0, states).map((place) => {
            const first = inputs[5 + place]
            return first ? own(first) : ops.full(0, { type: x.type, dims: [batch, size] })
          }),
        })
      })
      const stack = (parts: readonly TypedValue[], axis: number): TypedValue =>
        ops.concat(
          parts.map((part) => ops.reshape(part, part.dims.toSpliced(axis, 0, 1))),
          axis,
        )
      const outputs = directions.map(({ outputs: each }) => ops.reshape(ops.concat(each, 0), [tokens, batch, size]))
      return [
        stack(outputs, 1),
        ...range(0, states).map((place) =>
          stack(
            directions.map(({ state }) => state[place] as TypedValue),
            0,
          ),
        ),
      ]
    },
    (node) => {
      if (intOf(node, 'layout', 0) !== 0) return 'its batch comes first, which onnxruntime does not run'
      if (intOf(node, 'input_forget', 0) !== 0) return 'its gates are coupled, which is not covered'
      const names = node.attributes['activations']
      const unknown = names?.kind === 'strings' ? names.value.find((name) => !isKnown(name)) : undefined
      return unknown === undefined ? undefined : `its activation ${unknown} is not covered`
    },
  )
}

export const RNN = recurrent(plainCell, 1, ['Tanh'])
export const LSTM = recurrent(longShortCell, 2, ['Sigmoid', 'Tanh', 'Tanh'])
export const GRU = recurrent(gatedCell, 1, ['Sigmoid', 'Tanh'])

interface Unrolled extends Direction {
  readonly x: TypedValue
  readonly lengths: TypedValue | undefined
  readonly isBackward: boolean
  readonly state: readonly TypedValue[]
}

/** One direction over all tokens. Where an example has ended, nothing comes out and its state stays. */
function unrolled(cell: Cell, direction: Unrolled): { outputs: TypedValue[]; state: readonly TypedValue[] } {
  const { ops, w, wb, lengths, isBackward, state: first } = direction
  const [tokens, batch, width] = direction.x.dims as [number, number, number]
  const reverse = (x: TypedValue): TypedValue => {
    if (!isBackward) return x
    if (lengths) return ops.op('ReverseSequence', [x, lengths], x, { batch_axis: 1, time_axis: 0 })
    return ops.slice(x, [{ axis: 0, start: tokens - 1, end: -1, step: -1 }])
  }
  const product = ops.matMul(ops.reshape(reverse(direction.x), [tokens * batch, width]), w, { transB: true })
  const gates = wb ? ops.add(product, wb) : product
  const outputs: TypedValue[] = []
  let state = first
  for (const token of range(0, tokens)) {
    const input = ops.slice(gates, [{ axis: 0, start: token * batch, end: (token + 1) * batch }])
    const after = cell(direction, input, state)
    if (!lengths) {
      state = after
      outputs.push(state[0] as TypedValue)
      continue
    }
    const longer = ops.broadcasting('Greater', [ops.reshape(lengths, [batch, 1]), ops.scalar(token, lengths)], 'bool')
    const before = state
    state = after.map((value, place) => ops.where(longer, value, before[place] as TypedValue))
    outputs.push(ops.where(longer, after[0] as TypedValue, ops.scalar(0, after[0] as TypedValue)))
  }
  const [height] = (outputs[0] as TypedValue).dims.slice(-1)
  const whole = reverse(ops.reshape(ops.concat(outputs, 0), [tokens, batch, height as number]))
  return { outputs: [whole], state }
}

/** Those that have numbers of their own, with what these are where they are left out (ONNX, "LSTM"). */
const settings: Readonly<Record<string, readonly number[]>> = {
  Affine: [1, 0],
  Elu: [1],
  HardSigmoid: [0.2, 0.5],
  LeakyRelu: [0.01],
  Relu: [],
  ScaledTanh: [1, 1],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  ThresholdedRelu: [1],
}
const nameOf = (name: string): string | undefined =>
  Object.keys(settings).find((known) => known.toLowerCase() === name.toLowerCase())
const isKnown = (name: string): boolean => nameOf(name) !== undefined

/** The activations of all directions, each with its numbers, which stand in order for those that have any. */
function activationsOf({ ops, node, refuse }: Step, defaults: readonly string[]): Activation[] {
  const { activations, activation_alpha: alphas, activation_beta: betas, clip } = node.attributes
  const names = activations?.kind === 'strings' ? activations.value : [...defaults, ...defaults]
  const numbers = [alphas, betas].map((given) => (given?.kind === 'floats' ? [...given.value] : []))
  const bound = clip?.kind === 'float' ? clip.value : 0
  return names.map((given): Activation => {
    const name = nameOf(given) ?? refuse(`its activation ${given} is not covered`)
    const [alpha = 0, beta = 0] = (settings[name] ?? []).map((fallback, place) => numbers[place]?.shift() ?? fallback)
    const count = settings[name]?.length ?? 0
    const own = { ...(count > 0 && { alpha: float(alpha) }), ...(count > 1 && { beta: float(beta) }) }
    const clipped: Activation = (x) =>
      bound > 0 ? ops.op('Clip', [x, ops.scalar(-bound, x), ops.scalar(bound, x)], x) : x
    if (name === 'Affine') return (x) => ops.add(ops.scale(clipped(x), alpha), ops.scalar(beta, x))
    if (name === 'ScaledTanh') return (x) => ops.scale(ops.unary('Tanh', ops.scale(clipped(x), beta)), alpha)
    return (x) => ops.unary(name, clipped(x), own)
  })
}
