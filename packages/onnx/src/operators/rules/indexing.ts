/** Operators that pick elements by index, and those that put them somewhere. */
import { sizeOf } from '../../graph/tensor.js'
import { axisOf, intOf, textOf } from '../../graph/attributes.js'
import type { NumericType } from '../../graph/element-type.js'
import { computed, moved, table } from '../facts.js'
import { type InputGradients, rule, type Step } from '../rule.js'
import { at, type Dims, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { single } from './pointwise.js'

/** Zeros of a shape, to which values are added along an axis: those of the same index add up. */
function scatterAdd(ops: TensorOps, values: TypedValue, indices: TypedValue, axis: number, dims: Dims): TypedValue {
  const zeros = ops.full(0, { type: values.type, dims })
  return ops.op('ScatterElements', [zeros, indices, values], zeros, { axis, reduction: 'add' })
}

/** Adds slices along an axis to those of the indices, which are a vector. */
function scatterSlices(ops: TensorOps, values: TypedValue, indices: TypedValue, axis: number, dims: Dims): TypedValue {
  const single = indices.values?.length === 1 ? indices.values[0] : undefined
  if (single !== undefined) {
    const first = axisOf(single, at(dims, axis))
    return ops.padAxis(values, axis, first, at(dims, axis) - first - 1)
  }
  const column = ops.reshape(
    indices,
    dims.map((_, other) => (other === axis ? sizeOf(indices.dims) : 1)),
  )
  return scatterAdd(ops, values, ops.expand(column, values.dims), axis, dims)
}

/** dx gets each slice of dy added where it was taken from. */
export const Gather = rule({ ...moved, weights: table }, (step) => {
  const { ops, dy } = step
  const [x, indices] = [step.input(0), step.input(1)]
  const axis = axisOf(intOf(step.node, 'axis', 0), x.dims.length)
  const count = sizeOf(indices.dims)
  return [() => scatterSlices(ops, ops.reshape(dy, x.dims.with(axis, count)), indices, axis, x.dims)]
})

export const GatherElements = single(moved, ({ ops, x, dy, step }) => {
  return scatterAdd(ops, dy, step.input(1), axisOf(intOf(step.node, 'axis', 0), x.dims.length), x.dims)
})

/** The index tuples become row numbers of x as a matrix. */
export const GatherND = single(moved, ({ ops, x, dy, step }) => {
  const indices = step.input(1)
  const batch = intOf(step.node, 'batch_dims', 0)
  const depth = at(indices.dims, -1)
  const indexed = x.dims.slice(0, batch + depth)
  const [rows, width] = [sizeOf(indexed), sizeOf(x.dims.slice(batch + depth))]
  const count = sizeOf(indices.dims.slice(0, -1))
  const numbers = ops.reshape(rowNumbers(ops, indices, x.dims, batch), [count])
  return ops.reshape(scatterSlices(ops, ops.reshape(dy, [count, width]), numbers, 0, [rows, width]), x.dims)
})

/** Row numbers `[...]` from index tuples `[..., depth]` into the axes after the batch, which may be negative. */
function rowNumbers(ops: TensorOps, indices: TypedValue, dims: Dims, batch: number): TypedValue {
  const depth = at(indices.dims, -1)
  const sizes = dims.slice(batch, batch + depth)
  const strides = sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)))
  const isNegative = ops.broadcasting('Less', [indices, ops.scalar(0, indices)], 'bool')
  const counted = ops.where(isNegative, ops.add(indices, ops.ints(sizes)), indices)
  const inner = ops.reduceSum(ops.broadcasting('Mul', [counted, ops.ints(strides)]), [indices.dims.length - 1])
  if (batch === 0) return inner
  const batches = indices.dims.slice(0, batch)
  const offsets = range(0, sizeOf(batches)).map((index) => index * sizeOf(sizes))
  return ops.add(inner, ops.constant('int64', [...batches, ...indices.dims.slice(batch).map(() => 1)], offsets))
}

/** dx is dy where nothing was put, and the updates get dy from where they went; reductions: see `scattered`. */
export const ScatterElements = rule(computed, (step) => {
  const { ops, node, output } = step
  const [indices, updates] = [step.input(1), step.input(2)]
  const axis = axisOf(intOf(node, 'axis', 0), output.dims.length)
  return scattered(step, {
    put: (into, values, reduction) => ops.op('ScatterElements', [into, indices, values], into, { axis, reduction }),
    take: (from) => ops.op('GatherElements', [from, indices], { type: from.type, dims: updates.dims }, { axis }),
  })
})

export const ScatterND = rule(computed, (step) => {
  const { ops } = step
  const [indices, updates] = [step.input(1), step.input(2)]
  return scattered(step, {
    put: (into, values, reduction) => ops.op('ScatterND', [into, indices, values], into, { reduction }),
    take: (from) => ops.op('GatherND', [from, indices], { type: from.type, dims: updates.dims }),
  })
})

/** How values are put in their places, and taken from there. */
interface Places {
  readonly put: (into: TypedValue, values: TypedValue, reduction: 'none' | 'add' | 'mul') => TypedValue
  readonly take: (from: TypedValue) => TypedValue
}

function scattered(step: Step, { put, take }: Places): InputGradients {
  const { ops, dy, node, output: y } = step
  const [x, updates] = [step.input(0), step.input(2)]
  const reduction = textOf(node, 'reduction', 'none')
  const like = (value: number, { type, dims }: TypedValue) => ops.full(value, { type, dims })
  if (reduction === 'none') return [() => put(dy, like(0, updates), 'none'), undefined, () => take(dy)]
  if (reduction === 'add') return [() => dy, undefined, () => take(dy)]
  if (reduction === 'mul') {
    // As with ReduceProd: the product of the others is y / u where nothing is 0, and 0 where another one is.
    const isZero = (value: TypedValue) => ops.indicator('Equal', value, ops.scalar(0, value))
    const nonZero = (value: TypedValue) => ops.where(ops.isEqual(value, 0), ops.scalar(1, value), value)
    const zeros = put(isZero(x), isZero(updates), 'add')
    const product = put(nonZero(x), nonZero(updates), 'mul')
    const through = (value: TypedValue, others: TypedValue, zerosAmong: TypedValue, slope: TypedValue) => {
      const isOtherZero = ops.broadcasting(
        'Greater',
        [ops.sub(zerosAmong, isZero(value)), ops.scalar(0, value)],
        'bool',
      )
      return ops.mul(slope, ops.zeroWhere(isOtherZero, ops.div(others, nonZero(value))))
    }
    return [
      () => through(x, product, zeros, dy),
      undefined,
      () => through(updates, take(product), take(zeros), take(dy)),
    ]
  }
  // The largest or smallest of all that met in a place; of several, each gets an equal part.
  const isOwn = ops.indicator('Equal', x, y)
  const isPut = ops.indicator('Equal', updates, take(y))
  const share = ops.div(dy, put(isOwn, isPut, 'add'))
  return [() => ops.mul(isOwn, share), undefined, () => ops.mul(isPut, take(share))]
}

/** The number of an index is where the index points, the other one elsewhere: each gets dy from where it is. */
export const OneHot = rule(computed, (step) => {
  const { ops, dy, node, output } = step
  const values = step.input(2)
  const axis = intOf(node, 'axis', -1)
  const marks = ops.constant(values.type as NumericType, [2], [0, 1])
  const hot = ops.op(
    'OneHot',
    [step.input(0), step.input(1), marks],
    { type: values.type, dims: output.dims },
    { axis },
  )
  const sum = (value: TypedValue) => ops.reshape(ops.reduceSum(value, range(0, value.dims.length)), [1])
  return [
    undefined,
    undefined,
    () => {
      const on = sum(ops.mul(dy, hot))
      return ops.concat([ops.sub(sum(dy), on), on], 0)
    },
  ]
})

/** The largest values get their gradients back at their indices. */
export const TopK = rule(computed, (step) => {
  const { ops, dy } = step
  const x = step.input(0)
  const indices = step.optionalOutput(1, { type: 'int64', dims: dy.dims })
  return [() => scatterAdd(ops, dy, indices, axisOf(intOf(step.node, 'axis', -1), x.dims.length), x.dims)]
})

/** y_i = Σ x_j over j ≤ i: dx_j = Σ dy_i over i ≥ j, which is the sum from the other end. */
export const CumSum = single(computed, ({ ops, dy, step }) => {
  const { node } = step
  const attributes = { reverse: 1 - intOf(node, 'reverse', 0), exclusive: intOf(node, 'exclusive', 0) }
  return ops.op('CumSum', [dy, step.input(1)], dy, attributes)
})

/** One triangle of a matrix, zeros in the other */
export const Trilu = single(computed, ({ ops, dy, step }) => {
  return ops.op('Trilu', [dy, step.inputs[1]], dy, { upper: intOf(step.node, 'upper', 1) })
})

/** Reversing again puts everything back. */
export const ReverseSequence = single(moved, ({ ops, dy, step }) => {
  const attributes = { batch_axis: intOf(step.node, 'batch_axis', 1), time_axis: intOf(step.node, 'time_axis', 0) }
  return ops.op('ReverseSequence', [dy, step.input(1)], dy, attributes)
})
