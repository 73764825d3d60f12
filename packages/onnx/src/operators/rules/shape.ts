/** Operators that move elements and change none. */
import { axisOf, intOf, intsOf, textOf } from '../../graph/attributes.js'
import { computed, joined, moved, type Facts, type RoleOfWeight } from '../facts.js'
import { type InputGradient, rule } from '../rule.js'
import { bounded, type Cut, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { pointwise, single } from './pointwise.js'

const movedBeforeActivation: Facts = { ...moved, afterKernel: 'before activation' }
const passedOn: RoleOfWeight = (use) => use.passedOn(use.dims)
const transposed: RoleOfWeight = ({ node, dims, passedOn }) => {
  const perm = intsOf(node, 'perm', range(0, dims.length).toReversed())
  return passedOn(perm.map((axis) => dims[axis] ?? 1))
}

/** y = x */
export const Identity = pointwise({ ...movedBeforeActivation, weights: passedOn }, ({ dy }) => dy)

/** In inference nothing is dropped. */
export const Dropout = single(moved, ({ dy, step }) => {
  const training = step.inputs[2]
  return training && training.constant !== 0 ? step.refuse('in training it drops elements at random') : dy
})

/** To another floating-point type; whatever is cast to whole numbers ends the way of the gradient. */
export const Cast = pointwise(computed, ({ ops, x, dy }) => ops.cast(dy, x.type))
export const CastLike = Cast

/** The same elements in another shape. */
const reshaping = (facts: Facts) => single(facts, ({ ops, x, dy }) => ops.reshape(dy, x.dims))
export const Reshape = reshaping(movedBeforeActivation)
export const Flatten = reshaping(moved)
export const Squeeze = reshaping(movedBeforeActivation)
export const Unsqueeze = reshaping(moved)

/** dx = dy, permuted back */
export const Transpose = single({ ...moved, weights: transposed }, ({ ops, x, dy, step }) => {
  const rank = x.dims.length
  const perm = intsOf(step.node, 'perm', range(0, rank).toReversed())
  return ops.transpose(
    dy,
    range(0, rank).map((axis) => perm.indexOf(axis)),
  )
})

/** dx = dy, summed where x was repeated */
export const Expand = single(moved, ({ ops, x, dy }) => ops.sumTo(dy, x.dims))

/** y repeats x: dx is the sum over the repetitions */
export const Tile = single(moved, ({ ops, x, dy, step }) => {
  const repeats = step.values(1)
  const split = ops.reshape(
    dy,
    x.dims.flatMap((dim, axis) => [repeats[axis] as number, dim]),
  )
  return ops.reshape(
    ops.reduceSum(
      split,
      x.dims.map((_, axis) => 2 * axis),
    ),
    x.dims,
  )
})

/** Each input gets its part of the gradient. */
export const Concat = rule(joined, (step) => {
  const { ops, dy, inputs, node } = step
  const axis = axisOf(intOf(node, 'axis', 0), dy.dims.length)
  let end = 0
  return inputs.map((_, index): InputGradient => {
    const start = end
    end += step.input(index).dims[axis] as number
    const cut = { axis, start, end }
    return () => ops.slice(dy, [cut])
  })
})

/** The gradients by the parts, joined; a part that nothing depends on has gradient 0. */
export const Split = rule(moved, (step) => {
  const { ops, node, gradients, outputs } = step
  const axis = axisOf(intOf(node, 'axis', 0), step.input(0).dims.length)
  const parts = () =>
    outputs.map((output, index) => gradients[index] ?? ops.full(0, output ?? step.refuse('an output is left out')))
  return [() => ops.concat(parts(), axis)]
})

/** Zeros where x was left out. */
export const Slice = rule(moved, (step) => {
  const { ops, dy } = step
  const x = step.input(0)
  const [starts, ends] = [step.values(1), step.values(2)]
  const axes = step.valuesOr(3, range(0, starts.length))
  const steps = step.valuesOr(
    4,
    starts.map(() => 1),
  )
  return [
    () =>
      starts.reduce((gradient, start, index) => {
        const axis = axisOf(axes[index] as number, x.dims.length)
        const cut = { axis, start, end: ends[index] as number, step: steps[index] as number }
        return unslice(ops, gradient, bounded(cut, x.dims[axis] as number), x.dims[axis] as number)
      }, dy),
  ]
})

/** Blocks of channels to blocks of pixels and back: each is the other's adjoint, being a permutation. */
export const DepthToSpace = single(moved, ({ ops, x, dy, step }) => {
  const block = intOf(step.node, 'blocksize', 1)
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const depth = channels / block ** 2
  const split = ops.reshape(dy, [batch, depth, height, block, width, block])
  // ONNX, DepthToSpace: the channels are [block, block, depth] (DCR) or [depth, block, block] (CRD).
  const crd = textOf(step.node, 'mode', 'DCR') === 'CRD'
  return ops.reshape(ops.transpose(split, crd ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]), x.dims)
})

export const SpaceToDepth = single(moved, ({ ops, x, dy, step }) => {
  const block = intOf(step.node, 'blocksize', 1)
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const split = ops.reshape(dy, [batch, block, block, channels, height / block, width / block])
  return ops.reshape(ops.transpose(split, [0, 3, 4, 1, 5, 2]), x.dims)
})

/** The adjoint of a cut: puts the elements back in their places along an axis of `size`, zeros between. */
function unslice(ops: TensorOps, dy: TypedValue, { axis, start, step }: Required<Cut>, size: number): TypedValue {
  const count = dy.dims[axis] as number
  const stride = Math.abs(step)
  const forwards = step > 0 ? dy : ops.slice(dy, [{ axis, start: count - 1, end: -1, step: -1 }])
  const first = step > 0 ? start : start + step * (count - 1)
  // [..., count, ...] to [..., count · stride, ...]: each element followed by stride - 1 zeros.
  const spread = ops.reshape(
    ops.padAxis(ops.reshape(forwards, forwards.dims.toSpliced(axis + 1, 0, 1)), axis + 1, 0, stride - 1),
    dy.dims.with(axis, count * stride),
  )
  const room = Math.min(count * stride, size - first)
  return ops.padAxis(ops.slice(spread, [{ axis, start: 0, end: room }]), axis, first, size - first - room)
}
