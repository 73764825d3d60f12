import type { Dimension } from '@headstart/onnx'
import { known, productOf } from './dims.js'
import type { Operation } from './operation.js'
import { placesOf, stridedSelection } from './operators/slicing.js'

type Elements = readonly Dimension[]
type Fold = (operation: Operation) => Elements | undefined

const first: Fold = (operation) => operation.input(0).elements

/** All elements one after the other, where those of every input are known. */
const joined =
  (from: number, to?: number): Fold =>
  ({ inputs }) => {
    const parts = inputs.slice(from, to).map(({ elements }) => elements)
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined
  }

/** Element by element; a number broadcasts. A size that is not known stays what it is where `neutral` changes nothing. */
const elementwise =
  (compute: (a: number, b: number) => number, neutral?: number): Fold =>
  (operation) => {
    const [a, b] = [operation.input(0).elements, operation.input(1).elements]
    if (!a || !b) return undefined
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => {
      const [left, right] = [a[a.length === 1 ? 0 : index] ?? '', b[b.length === 1 ? 0 : index] ?? '']
      return right === neutral ? left : known([left, right], compute)
    })
  }

/** How shapes computed in a graph come about: what each operator does to a small vector of sizes. */
const folds: Readonly<Record<string, Fold>> = {
  Shape: (operation) => operation.input(0).dims,
  Size: (operation) => [productOf(operation.input(0).dims) ?? ''],
  Rank: (operation) => [operation.input(0).dims.length],
  Identity: first,
  Reshape: first,
  Squeeze: first,
  ExpandDims: first,
  Cast: (operation) => (operation.text('DstT', '') === 'int32' ? first(operation) : undefined),
  Pack: joined(0),
  ConcatV2: joined(0, -1),
  Add: elementwise((a, b) => a + b, 0),
  AddV2: elementwise((a, b) => a + b, 0),
  Sub: elementwise((a, b) => a - b, 0),
  Mul: elementwise((a, b) => a * b, 1),
  FloorDiv: elementwise((a, b) => Math.floor(a / b), 1),
  Maximum: elementwise(Math.max),
  Minimum: elementwise(Math.min),
  Prod: (operation) => {
    const elements = first(operation)
    return elements && !operation.flag('keep_dims') ? [productOf(elements) ?? ''] : undefined
  },
  GatherV2: (operation) => {
    const [elements, indices] = [first(operation), operation.input(1).elements]
    return elements && indices?.map((index) => (typeof index === 'number' ? (elements[index] ?? '') : ''))
  },
  Slice: (operation) => {
    const elements = first(operation)
    if (!elements) return undefined
    const [begin = 0] = operation.ints(1, 'begins')
    const [size = -1] = operation.ints(2, 'sizes')
    return elements.slice(begin, size === -1 ? undefined : begin + size)
  },
  StridedSlice: (operation) => {
    const elements = first(operation)
    const range = elements && stridedSelection(operation, 1).ranges[0]
    return range && placesOf(range, elements.length).map((place) => elements[place] ?? '')
  },
}

/**
 * Contents of the node's output as far as they are known before the graph runs, where it computes a small vector of
 * whole numbers. Graphs compute the shapes to which they bring values; what is known here need not be computed there.
 */
export function foldShape(operation: Operation): Elements | undefined {
  return Object.hasOwn(folds, operation.node.op) ? folds[operation.node.op]?.(operation) : undefined
}
