import type { Dimension } from '@headstart/onnx'
import { known, positiveAxis } from '../dims.js'
import { onnxAxis, type Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { readyToReduce, reducedShape } from './reductions.js'

/** To the end, whatever the size: ONNX cuts off what is beyond. */
export const far = 2 ** 31 - 1

/** Elements from `begin` to before `end` in steps along one axis; negative places count from the end, as in numpy. */
export interface Range {
  readonly axis: number
  readonly begin: number
  readonly end: number
  readonly step: number
}

/** What a node takes of its input: ranges, axes of which one element is taken and which vanish, and new axes of size 1. */
export interface Selection {
  readonly ranges: readonly Range[]
  readonly vanishing: readonly number[]
  /** Places in the result. */
  readonly added: readonly number[]
}

/** The ranges of an operand, in its own layout. */
export function slice({ write }: Operation, x: Operand, ranges: readonly Range[]): Operand {
  const needed = ranges.filter(({ begin, end, step }) => begin !== 0 || end !== far || step !== 1)
  if (needed.length === 0) return x
  const ints = (of: (range: Range) => number) => write.graph.ints(needed.map(of))
  const value = write.op('Slice', [
    x.value,
    ints(({ begin }) => begin),
    ints(({ end }) => end),
    ints(({ axis }) => onnxAxis(x, axis)),
    ints(({ step }) => step),
  ])
  const dims = [...x.dims]
  for (const range of needed) dims[range.axis] = known([dims[range.axis] ?? ''], (size) => placesOf(range, size).length)
  return { value, type: x.type, dims, layout: x.layout }
}

/** The places of a range along an axis of a size. */
export function placesOf({ begin, end, step }: Range, size: number): number[] {
  const bound = (place: number): number => {
    const fromStart = place < 0 ? place + size : place
    return step > 0 ? Math.min(Math.max(fromStart, 0), size) : Math.min(Math.max(fromStart, -1), size - 1)
  }
  const [first, last] = [bound(begin), bound(end)]
  return Array.from({ length: Math.max(Math.ceil((last - first) / step), 0) }, (_, index) => first + index * step)
}

/** What a StridedSlice node takes (tensorflow/core/ops/array_ops.cc): begins, ends and steps, and bits for some of them. */
export function stridedSelection(operation: Operation, rank: number): Selection {
  const begins = operation.ints(1, 'begins')
  const ends = operation.ints(2, 'ends')
  const steps = operation.ints(3, 'strides')
  const bit = (mask: string, index: number): boolean => ((operation.number(mask, 0) >> index) & 1) === 1
  const newAxes = begins.filter((_, index) => bit('new_axis_mask', index)).length
  const hasEllipsis = begins.some((_, index) => bit('ellipsis_mask', index))
  const ranges: Range[] = []
  const vanishing: number[] = []
  const added: number[] = []
  let axis = 0
  begins.forEach((begin, index) => {
    if (bit('ellipsis_mask', index)) {
      axis += rank - (begins.length - newAxes - (hasEllipsis ? 1 : 0))
    } else if (bit('new_axis_mask', index)) {
      added.push(axis - vanishing.length + added.length)
    } else if (bit('shrink_axis_mask', index)) {
      ranges.push({ axis, begin, end: begin === -1 ? far : begin + 1, step: 1 })
      vanishing.push(axis++)
    } else {
      const step = steps[index] ?? 1
      const [first, last] = step > 0 ? [0, far] : [far, -far]
      const end = bit('end_mask', index) ? last : (ends[index] ?? last)
      ranges.push({ axis: axis++, begin: bit('begin_mask', index) ? first : begin, end, step })
    }
  })
  return { ranges, vanishing, added }
}

const stridedSlice: Importer = (operation) => {
  const { write } = operation
  const input = operation.input(0)
  const { ranges, vanishing, added } = stridedSelection(operation, input.dims.length)
  const sliced = slice(operation, readyToReduce(operation, input, vanishing, vanishing.length === 0), ranges)
  const axes = vanishing.map((axis) => onnxAxis(sliced, axis)).sort((a, b) => a - b)
  const left: Operand =
    axes.length === 0
      ? sliced
      : {
          value: write.op('Squeeze', [sliced.value, write.graph.ints(axes)]),
          type: input.type,
          ...reducedShape(sliced, vanishing, false),
        }
  return added.length === 0 ? left : unsqueeze(operation, left, added)
}

/** With axes of size 1 at these places of the result. */
export function unsqueeze({ write }: Operation, operand: Operand, axes: readonly number[]): Operand {
  const x = write.tf(operand)
  const dims: Dimension[] = [...x.dims]
  for (const axis of axes) dims.splice(axis, 0, 1)
  return { value: write.op('Unsqueeze', [x.value, write.graph.ints(axes)]), type: x.type, dims, layout: 'tf' }
}

export const slicingOperators: Readonly<Record<string, Importer>> = {
  StridedSlice: stridedSlice,
  Slice: (operation) => {
    const begins = operation.ints(1, 'begins')
    const sizes = operation.ints(2, 'sizes')
    const ranges = begins.map((begin, axis) => {
      const size = sizes[axis] ?? -1
      return { axis, begin, end: size === -1 ? far : begin + size, step: 1 }
    })
    return slice(operation, operation.input(0), ranges)
  },
  ReverseV2: (operation) => {
    const x = operation.input(0)
    const axes = operation.ints(1, 'axes').map((axis) => positiveAxis(axis, x.dims.length))
    return slice(
      operation,
      x,
      axes.map((axis) => ({ axis, begin: far, end: -far, step: -1 })),
    )
  },
}
