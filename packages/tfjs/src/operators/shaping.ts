import { type Dimension, int64, type Value } from '@headstart/onnx'
import { isSame, known, positiveAxis, productOf } from '../dims.js'
import { nchwToNhwc, type Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { same } from './unary.js'
import { unsqueeze } from './slicing.js'

/**
 * The shape a Reshape node gives. A size that is known only at run time is taken over from the input where it is the
 * same (0 in ONNX), or is the one that follows from the others (-1), so that no node needs to compute the shape.
 */
function reshape(operation: Operation, input: Operand, elements: readonly Dimension[]): Operand {
  const { write } = operation
  const x = write.tf(input)
  const dims = resolveRest(x.dims, elements)
  const open = dims.flatMap((dim, axis) => (typeof dim === 'string' ? [axis] : []))
  const copied = open.length < 2 ? [] : open.filter((axis) => isSame(dims[axis], x.dims[axis]))
  const isStatic = open.length - copied.length <= 1 && !dims.includes(0)
  const shape = isStatic
    ? write.graph.ints(dims.map((dim, axis) => (typeof dim === 'number' ? dim : copied.includes(axis) ? 0 : -1)))
    : write.int64(operation.input(1))
  return { value: write.op('Reshape', [x.value, shape]), type: x.type, dims, layout: 'tf' }
}

/** The size that -1 stands for: what is left of the input when the others are taken. */
function resolveRest(input: readonly Dimension[], elements: readonly Dimension[]): Dimension[] {
  const wanted = elements.map((element) => (element === -1 ? '' : element))
  const at = elements.indexOf(-1)
  if (at === -1) return wanted
  const left = [...input]
  for (const element of wanted) {
    const place = typeof element === 'string' && element !== '' ? left.indexOf(element) : -1
    if (place !== -1) left.splice(place, 1)
  }
  const divisor = productOf(wanted.filter((element, axis) => axis !== at && typeof element === 'number'))
  const names = left.filter((dim) => typeof dim === 'string')
  const product = productOf(left.filter((dim) => typeof dim === 'number'))
  if (!wanted.some((element, axis) => axis !== at && element === '') && product && divisor) {
    if (names.length === 0) wanted[at] = product / divisor
    else if (names.length === 1 && product === divisor) wanted[at] = names[0] as Dimension
  }
  return wanted
}

/** Operands of one rank, along an axis that is TensorFlow's. */
function concat(operation: Operation, operands: readonly Operand[], axis: number): Operand {
  const { write } = operation
  const [first] = operands
  if (!first) throw operation.refusal('an input', 'none')
  const isNchw = operands.some(({ layout }) => layout === 'nchw')
  const parts = operands.map((operand) => (isNchw ? write.nchw(operand) : operand))
  const at = positiveAxis(axis, first.dims.length)
  const dims = first.dims.map((dim, other): Dimension => {
    const sizes = operands.map((operand) => operand.dims[other] ?? '')
    if (other !== at) return sizes.find((size) => typeof size === 'number') ?? dim
    return sizes.every((size) => typeof size === 'number') ? sizes.reduce((sum, size) => sum + size, 0) : ''
  })
  const value =
    parts.length === 1
      ? (parts[0] as Operand).value
      : write.op(
          'Concat',
          parts.map((part) => part.value),
          { axis: isNchw ? (nchwToNhwc[at] as number) : at },
        )
  return { value, type: first.type, dims, layout: isNchw ? 'nchw' : 'tf' }
}

/** Parts of an operand along an axis; sizes where they are not all the same. */
function split(operation: Operation, x: Operand, axis: number, count: number, sizes?: readonly number[]): Operand[] {
  const { write } = operation
  const dim = x.dims[axis] ?? ''
  const onnx = x.layout === 'nchw' ? (nchwToNhwc[axis] as number) : axis
  if (count === 1) return [x]
  const known = sizes ?? (typeof dim === 'number' ? Array.from({ length: count }, () => dim / count) : undefined)
  const values = write.ops('Split', [x.value, ...(known ? [write.graph.ints(known)] : [])], count, { axis: onnx })
  return values.map((value, index) => ({ ...same(x), value, dims: x.dims.with(axis, known?.[index] ?? '') }))
}

/** Sizes of which -1 is the rest. */
function splitSizes(operation: Operation, x: Operand, axis: number): number[] {
  const sizes = operation.ints(1, 'sizes')
  if (!sizes.includes(-1)) return sizes
  const total = x.dims[axis]
  if (typeof total !== 'number')
    throw operation.refusal('sizes of all parts, or an axis of known size', 'a part of size -1')
  const rest = total - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0)
  return sizes.map((size) => (size === -1 ? rest : size))
}

const gather =
  (axisOf: (operation: Operation, x: Operand) => number): Importer =>
  (operation) => {
    const { write } = operation
    if (operation.number('batch_dims', 0) !== 0)
      throw operation.refusal('batch_dims 0', `${operation.number('batch_dims', 0)}`)
    const [x, indices] = [write.tf(operation.input(0)), write.tf(operation.input(1))]
    const axis = axisOf(operation, x)
    const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]
    return { value: write.op('Gather', [x.value, indices.value], { axis }), type: x.type, dims, layout: 'tf' }
  }

/** The shape that an input says, as an ONNX shape and as far as it is known. */
function shapeOf(operation: Operation, index: number): { shape: Value; dims: readonly Dimension[] } {
  const operand = operation.input(index)
  const rank = operand.elements?.length ?? operand.dims[0]
  if (typeof rank !== 'number') throw operation.refusal('a shape of known rank', 'a vector of unknown length')
  return { shape: operation.write.int64(operand), dims: operand.elements ?? Array.from({ length: rank }, () => '') }
}

export const shapingOperators: Readonly<Record<string, Importer>> = {
  Reshape: (operation) => reshape(operation, operation.input(0), shapeOf(operation, 1).dims),
  Transpose: (operation) => {
    const x = operation.input(0)
    const perm = operation.inputs.length > 1 ? operation.ints(1, 'axes') : x.dims.map((_, axis) => axis).toReversed()
    const dims = perm.map((axis) => x.dims[axis] ?? '')
    if (x.layout === 'tf') return operation.write.transposed(x, perm)
    // From channels first straight to the order asked for, which may be the one it is in.
    const direct = perm.map((axis) => nchwToNhwc[axis] as number)
    const isThere = direct.every((axis, index) => axis === index)
    const value = isThere ? x.value : operation.write.op('Transpose', [x.value], { perm: direct })
    return { value, type: x.type, dims, layout: 'tf' }
  },
  ConcatV2: (operation) =>
    concat(operation, operation.inputs.slice(0, -1), operation.ints(operation.inputs.length - 1, 'an axis')[0] ?? 0),
  Concat: (operation) => concat(operation, operation.inputs.slice(1), operation.ints(0, 'an axis')[0] ?? 0),
  Pack: (operation) => {
    const rank = (operation.input(0).dims.length ?? 0) + 1
    const axis = positiveAxis(operation.number('axis', 0), rank)
    return concat(
      operation,
      operation.inputs.map((operand) => unsqueeze(operation, operand, [axis])),
      axis,
    )
  },
  Unpack: (operation) => {
    const { write } = operation
    const x = write.tf(operation.input(0))
    const axis = positiveAxis(operation.number('axis', 0), x.dims.length)
    const count = x.dims[axis]
    const length = operation.number('num', typeof count === 'number' ? count : 0)
    return Array.from({ length }, (_, index) => ({
      value: write.op('Gather', [x.value, write.graph.ints(index)], { axis }),
      type: x.type,
      dims: x.dims.toSpliced(axis, 1),
      layout: 'tf' as const,
    }))
  },
  Split: (operation) => {
    const x = operation.input(1)
    return split(operation, x, operation.axis(0, x), operation.number('num_split', 1))
  },
  SplitV: (operation) => {
    const x = operation.input(0)
    const axis = operation.axis(2, x)
    const sizes = splitSizes(operation, x, axis)
    return split(operation, x, axis, sizes.length, sizes)
  },
  Gather: gather(() => 0),
  GatherV2: gather((operation, x) => operation.axis(2, x)),
  GatherNd: (operation) => {
    const { write } = operation
    const [x, indices] = [write.tf(operation.input(0)), write.tf(operation.input(1))]
    const depth = indices.dims.at(-1)
    if (typeof depth !== 'number') throw operation.refusal('indices of known size', 'an unknown number of coordinates')
    const dims = [...indices.dims.slice(0, -1), ...x.dims.slice(depth)]
    return {
      value: write.op('GatherND', [x.value, write.cast(indices, 'int64').value]),
      type: x.type,
      dims,
      layout: 'tf',
    }
  },
  SparseToDense: (operation) => {
    const { write } = operation
    const [indices, values, rest] = [operation.input(0), operation.input(2), operation.input(3)].map((operand) =>
      write.tf(operand),
    ) as [Operand, Operand, Operand]
    const { shape, dims } = shapeOf(operation, 1)
    // One place is a number, places of a vector are a vector, others one row of coordinates each.
    const rows = write.reshaped(indices, [indices.dims.length === 0 ? 1 : (indices.dims[0] ?? ''), dims.length])
    const places = write.cast(rows, 'int64').value
    const count = write.op('Shape', [places], { start: 0, end: 1 })
    const each = values.dims.length === 0 ? write.op('Expand', [values.value, count]) : values.value
    const value = write.op('ScatterND', [write.op('Expand', [rest.value, shape]), places, each])
    return { value, type: values.type, dims, layout: 'tf' }
  },
  Tile: (operation) => {
    const x = operation.write.tf(operation.input(0))
    const { shape, dims: times } = shapeOf(operation, 1)
    const dims = x.dims.map((dim, axis): Dimension => {
      const count = times[axis] ?? ''
      if (count === 1) return dim
      return typeof dim === 'number' && typeof count === 'number' ? dim * count : ''
    })
    return { value: operation.write.op('Tile', [x.value, shape]), type: x.type, dims, layout: 'tf' }
  },
  ExpandDims: (operation) => {
    const x = operation.input(0)
    const [axis = 0] = operation.ints(1, 'an axis')
    return unsqueeze(operation, x, [positiveAxis(axis, x.dims.length + 1)])
  },
  Cast: (operation) => {
    const type = operation.text('DstT', 'float32')
    if (type === 'float32' || type === 'int32' || type === 'bool') return operation.write.cast(operation.input(0), type)
    throw operation.refusal('a cast to float32, int32 or bool', type)
  },
  Shape: (operation) => {
    const { write } = operation
    const x = operation.input(0)
    const inOrder = write.op('Shape', [x.value])
    const value = x.layout === 'nchw' ? write.op('Gather', [inOrder, write.graph.ints(nchwToNhwc)]) : inOrder
    return write.cast({ value, type: 'int64', dims: [x.dims.length], layout: 'tf' }, 'int32')
  },
  Size: (operation) => {
    const value = operation.write.op('Size', [operation.input(0).value])
    return operation.write.cast({ value, type: 'int64', dims: [], layout: 'tf' }, 'int32')
  },
  Rank: (operation) => {
    const rank = operation.write.op('Constant', [], { value: int64([], [operation.input(0).dims.length]) })
    return operation.write.cast({ value: rank, type: 'int64', dims: [], layout: 'tf' }, 'int32')
  },
  Fill: (operation) => {
    const { shape, dims } = shapeOf(operation, 0)
    const { value, type } = operation.input(1)
    return { value: operation.write.op('Expand', [value, shape]), type, dims, layout: 'tf' }
  },
  Range: (operation) => {
    const [start, limit, step] = [0, 1, 2].map((index) => operation.input(index)) as [Operand, Operand, Operand]
    const value = operation.write.op('Range', [start.value, limit.value, step.value])
    const [first = '', end = '', by = ''] = [start, limit, step].map(({ elements }) => elements?.[0] ?? '')
    const length = known([first, end, by], (from, to, each) => Math.max(Math.ceil((to - from) / each), 0))
    return { value, type: start.type, dims: [length], layout: 'tf' }
  },
  BroadcastTo: (operation) => {
    const x = operation.write.tf(operation.input(0))
    const { shape, dims } = shapeOf(operation, 1)
    return { value: operation.write.op('Expand', [x.value, shape]), type: x.type, dims, layout: 'tf' }
  },
  DepthToSpace: (operation) => {
    const { write } = operation
    const size = operation.number('block_size', 2)
    const { value, type, dims, layout } = write.nchw(operation.input(0))
    const grown = [1, size, size, 1 / (size * size)]
    const scaled = dims.map((dim, axis) =>
      typeof dim === 'number' ? dim * (grown[axis] as number) : axis === 0 ? dim : '',
    )
    return { value: write.op('DepthToSpace', [value], { blocksize: size, mode: 'DCR' }), type, dims: scaled, layout }
  },
  OneHot: (operation) => {
    const { write } = operation
    const indices = write.tf(operation.input(0))
    const axis = positiveAxis(operation.number('axis', -1), indices.dims.length + 1)
    const [on, off] = [unsqueeze(operation, operation.input(2), [0]), unsqueeze(operation, operation.input(3), [0])]
    const values = write.op('Concat', [off.value, on.value], { axis: 0 })
    const depth = operation.input(1)
    const dims = indices.dims.toSpliced(axis, 0, depth.elements?.[0] ?? '')
    const value = write.op('OneHot', [write.cast(indices, 'int64').value, write.int64(depth), values], { axis })
    return { value, type: on.type, dims, layout: 'tf' }
  },
}
