import type { Dimension, Value } from '@headstart/onnx'
import { positiveAxis } from '../dims.js'
import { type Layout, nhwcToNchw, onnxAxis, type Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'

/**
 * The operand in a layout in which `axes` (TensorFlow's) may vanish: with channels first if they are kept as ones or
 * what remains is in TensorFlow's order even so, as when height and width vanish together.
 */
export function readyToReduce(operation: Operation, x: Operand, axes: readonly number[], keepsDims: boolean): Operand {
  if (x.layout === 'tf' || keepsDims) return x
  const remaining = nhwcToNchw.filter((axis) => !axes.includes(axis))
  return remaining.every((axis, index) => index === 0 || axis > (remaining[index - 1] as number))
    ? x
    : operation.write.tf(x)
}

/** The shape and layout without the axes, or with ones in their place. */
export function reducedShape(
  { dims, layout }: Operand,
  axes: readonly number[],
  keepsDims: boolean,
): { dims: Dimension[]; layout: Layout } {
  return keepsDims
    ? { dims: dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)), layout }
    : { dims: dims.filter((_, axis) => !axes.includes(axis)), layout: 'tf' }
}

type Reduce = (operation: Operation, value: Value, axes: readonly number[], keepdims: number) => Value

const withInput =
  (opType: string): Reduce =>
  ({ write }, value, axes, keepdims) =>
    write.op(opType, [value, write.graph.ints(axes)], { keepdims })
/** Before ONNX 18 only ReduceSum takes its axes as an input. */
const withAttribute =
  (opType: string): Reduce =>
  ({ write }, value, axes, keepdims) =>
    write.op(opType, [value], { axes, keepdims })
/** ONNX reduces no truth values: as numbers, the largest says whether any is true, the smallest whether all are. */
const ofTruth =
  (opType: string): Reduce =>
  ({ write }, value, axes, keepdims) => {
    const numbers = write.op('Cast', [value], { to: 6 })
    return write.op('Cast', [write.op(opType, [numbers], { axes, keepdims })], { to: 9 })
  }

const reduction =
  (reduce: Reduce): Importer =>
  (operation) => {
    const input = operation.input(0)
    const axes = operation.ints(1, 'axes').map((axis) => positiveAxis(axis, input.dims.length))
    const keepsDims = operation.flag('keep_dims')
    // Nothing to reduce over: the value itself, which to ONNX would mean over all axes.
    if (axes.length === 0) return input
    const x = readyToReduce(operation, input, axes, keepsDims)
    const onnxAxes = axes.map((axis) => onnxAxis(x, axis)).sort((a, b) => a - b)
    const value = reduce(operation, x.value, onnxAxes, keepsDims ? 1 : 0)
    return { value, type: x.type, ...reducedShape(x, axes, keepsDims) }
  }

/** The place of the largest or smallest along an axis, the first one of several. */
const argument =
  (opType: string): Importer =>
  (operation) => {
    const input = operation.input(0)
    const axis = operation.axis(1, input)
    const x = readyToReduce(operation, input, [axis], false)
    const value = operation.write.op(opType, [x.value], { axis: onnxAxis(x, axis), keepdims: 0 })
    return operation.write.cast({ value, type: 'int64', ...reducedShape(x, [axis], false) }, 'int32')
  }

export const reductionOperators: Readonly<Record<string, Importer>> = {
  Mean: reduction(withAttribute('ReduceMean')),
  Sum: reduction(withInput('ReduceSum')),
  Max: reduction(withAttribute('ReduceMax')),
  Min: reduction(withAttribute('ReduceMin')),
  Prod: reduction(withAttribute('ReduceProd')),
  Any: reduction(ofTruth('ReduceMax')),
  All: reduction(ofTruth('ReduceMin')),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  // Along the last axis, from the largest on: also where TensorFlow leaves their order open.
  TopKV2: (operation) => {
    const { write } = operation
    const x = write.tf(operation.input(0))
    const k = operation.input(1)
    const dims = x.dims.with(x.dims.length - 1, k.elements?.[0] ?? '')
    const [values, places] = write.ops('TopK', [x.value, write.int64(write.reshaped(k, [1]))], 2) as [Value, Value]
    const result = { type: x.type, dims, layout: 'tf' as const }
    return [{ ...result, value: values }, write.cast({ ...result, value: places, type: 'int64' }, 'int32')]
  },
  // To vanish, an axis of one element needs no transposition either.
  Squeeze: (operation) => {
    const input = operation.input(0)
    const named = [...operation.numbers('squeeze_dims'), ...operation.numbers('axis')]
    const ones = input.dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
    const axes = named.length > 0 ? named.map((axis) => positiveAxis(axis, input.dims.length)) : ones
    if (axes.length === 0) return input
    const x = readyToReduce(operation, input, axes, false)
    const onnxAxes = axes.map((axis) => onnxAxis(x, axis)).sort((a, b) => a - b)
    const value = operation.write.op('Squeeze', [x.value, operation.write.graph.ints(onnxAxes)])
    return { value, type: x.type, ...reducedShape(x, axes, false) }
  },
}
