import { type AttributeInput, float, toAttribute } from '../graph/builder.js'
import {
  arrayConstructors,
  type ElementArray,
  type ElementType,
  type NumericType,
  typeCodes,
} from '../graph/element-type.js'
import type { Node } from '../graph/graph.js'
import { unusedName } from '../graph/rename.js'
import { sizeOf, type Tensor, toInt64 } from '../graph/tensor.js'
import { broadcast, type Cut, type Dims, isOneMove, mergeAxes, reshapedNarrow } from './shapes.js'

/** A value of the training graph: its type and shape are known before the graph runs. */
export interface TypedValue {
  readonly name: string
  readonly type: ElementType
  readonly dims: Dims
  /** The elements, of a small tensor of whole numbers that does not depend on what is put in: a shape, axes, pads. */
  readonly values?: readonly number[]
  /** The number that every element is, where that is known. */
  readonly constant?: number
  /** What this value repeats along some axes: operators that broadcast take it instead. */
  readonly narrow?: TypedValue
  /** What this value is the transpose of: operators on each element take it instead, and transpose what they give. */
  readonly permuted?: Permuted
  /** Whether the network looks for NaN in it (IsNaN) or picks from it (Where), and may not let it through: then none comes back either. */
  readonly guarded?: boolean
  /** What this value is a reshape of. */
  readonly reshaped?: TypedValue
}

/** A value in another order of its axes. */
export interface Permuted {
  readonly source: TypedValue
  readonly perm: readonly number[]
}

/** How the factors of a matrix product are taken. */
export interface MatMulOptions {
  readonly transA?: boolean
  readonly transB?: boolean
  /** Scales the product. Default: 1. */
  readonly alpha?: number
}

/** Columns of a matrix product from which on its first factor is transposed before, and not on the way. */
const manyColumns = 256

/**
 * Writes nodes on values of known type and shape, so that a rule reads like its formula.
 *
 * Whatever a rule need not care about is done here, once: the same operator on the same inputs is written once and
 * shared; what changes nothing (a reshape to the same shape, a product with 1) is not written at all; what was repeated
 * along an axis is broadcast instead; a transposed factor goes into the matrix product; and transpositions move down
 * through operators on each element until two of them meet and cancel. What is then read by nothing is left for the
 * caller to take out.
 */
export class TensorOps {
  /** The nodes written so far, in an order in which they can run. */
  readonly nodes: Node[] = []
  /** The constants that they read. */
  readonly constants: Map<string, Tensor> = new Map()
  /** Name of the part that is being written: names of its nodes begin with it. */
  scope = ''
  /** All values known by name: those of the forward pass, and those written. */
  readonly values: Map<string, TypedValue>
  readonly #used: Set<string>
  readonly #shared = new Map<string, readonly TypedValue[]>()

  /**
   * @param used Names that are taken.
   * @param values What is known of the graph's values.
   */
  constructor(used: ReadonlySet<string>, values: ReadonlyMap<string, TypedValue>) {
    this.#used = new Set(used)
    this.values = new Map(values)
  }

  /** A name that no other value has. */
  unusedName(name: string): string {
    return unusedName(name, this.#used)
  }

  /** A node with one output. */
  op(
    opType: string,
    inputs: readonly (TypedValue | undefined)[],
    output: Pick<TypedValue, 'type' | 'dims'>,
    attributes: Readonly<Record<string, AttributeInput>> = {},
    domain = '',
  ): TypedValue {
    return this.ops(opType, inputs, [output], attributes, domain)[0] as TypedValue
  }

  /** A node with several outputs. */
  ops(
    opType: string,
    inputs: readonly (TypedValue | undefined)[],
    outputs: readonly Pick<TypedValue, 'type' | 'dims'>[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
    domain = '',
  ): readonly TypedValue[] {
    const names = inputs.map((input) => input?.name ?? '')
    const key = keyOf(opType, names, attributes, domain, outputs.length)
    const known = this.#shared.get(key)
    if (known) return known
    const name = this.unusedName(this.scope + opType)
    const values = outputs.map(({ type, dims }, index) => {
      return { name: index === 0 ? name : this.unusedName(`${name}:${index}`), type, dims }
    })
    this.nodes.push({
      name,
      opType,
      domain,
      inputs: names,
      outputs: values.map((value) => value.name),
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toAttribute(key, value)])),
    })
    this.#shared.set(key, values)
    for (const value of values) this.values.set(value.name, value)
    return values
  }

  /** A constant tensor. */
  constant(type: NumericType, dims: Dims, values: ArrayLike<number>): TypedValue {
    // As text: JSON has no infinities, nor a zero below zero.
    const text = Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value)))
    const key = JSON.stringify([type, dims, text])
    const known = this.#shared.get(key)?.[0]
    if (known) return known
    const name = this.unusedName(values.length === 1 ? `constant_${values[0]}` : 'constant')
    const data = new arrayConstructors[type](values.length) as Exclude<ElementArray, string[]>
    for (let i = 0; i < values.length; i++) {
      data[i] =
        data instanceof BigInt64Array || data instanceof BigUint64Array
          ? toInt64(values[i] as number)
          : (values[i] as number)
    }
    this.constants.set(name, { type, dims, data })
    const value = {
      name,
      type,
      dims,
      ...(type === 'int64' && { values: Array.from(values) }),
      ...(values.length === 1 && { constant: values[0] as number }),
    }
    this.#shared.set(key, [value])
    this.values.set(name, value)
    return value
  }

  /** A scalar of the type of another value. */
  scalar(value: number, like: Pick<TypedValue, 'type'>): TypedValue {
    return this.constant(like.type as NumericType, [], [value])
  }

  /** A vector of int64: a shape, axes. */
  ints(values: readonly number[]): TypedValue {
    return this.constant('int64', [values.length], values)
  }

  /** Every element the same number. */
  full(value: number, { type, dims }: Pick<TypedValue, 'type' | 'dims'>): TypedValue {
    return this.expand(this.scalar(value, { type }), dims)
  }

  /** The identity matrix. */
  eye(size: number, { type }: Pick<TypedValue, 'type'>): TypedValue {
    const values = new Float64Array(size * size)
    for (let i = 0; i < size; i++) values[i * size + i] = 1
    return this.constant(type as NumericType, [size, size], values)
  }

  // Elementwise

  /** An operator of one input that keeps type and shape: Neg, Exp, ... */
  unary(
    opType: string,
    x: TypedValue,
    attributes?: Readonly<Record<string, AttributeInput>>,
    domain?: string,
  ): TypedValue {
    return this.elementwise(x, (value) => this.op(opType, [value], value, attributes, domain))
  }

  /** Applies an operator on each element by itself, in the order of axes in which the value was made. */
  elementwise(x: TypedValue, write: (value: TypedValue) => TypedValue): TypedValue {
    return x.permuted ? this.transpose(write(x.permuted.source), x.permuted.perm) : write(x)
  }

  /** An operator of several inputs that broadcasts. */
  broadcasting(opType: string, inputs: readonly TypedValue[], type = inputs[0]?.type as ElementType): TypedValue {
    const dims = broadcast(...inputs.map((input) => input.dims))
    const narrowed = this.#narrowed(inputs, dims)
    const perm = narrowed.find((input) => input.permuted && input.dims.join() === dims.join())?.permuted?.perm
    const sources = perm && this.#inOrder(narrowed, perm)
    if (!perm || !sources) return this.op(opType, narrowed, { type, dims })
    return this.transpose(this.broadcasting(opType, sources, type), perm)
  }

  add(a: TypedValue, b: TypedValue): TypedValue {
    return this.broadcasting('Add', [a, b])
  }

  sub(a: TypedValue, b: TypedValue): TypedValue {
    return this.broadcasting('Sub', [a, b])
  }

  mul(a: TypedValue, b: TypedValue): TypedValue {
    if (a.constant !== undefined) return this.scale(b, a.constant, a.dims)
    if (b.constant !== undefined) return this.scale(a, b.constant, b.dims)
    return this.broadcasting('Mul', [a, b])
  }

  div(a: TypedValue, b: TypedValue): TypedValue {
    if (b.constant !== undefined) return this.scale(a, 1 / b.constant, b.dims)
    return this.broadcasting('Div', [a, b])
  }

  /** A value times a number, broadcast with `dims`. */
  scale(x: TypedValue, factor: number, dims: Dims = []): TypedValue {
    const shape = broadcast(x.dims, dims)
    if (factor === 1) return this.expand(x, shape)
    if (x.constant !== undefined) return this.full(x.constant * factor, { type: x.type, dims: shape })
    const narrow = x.narrow ?? x
    return this.expand(this.broadcasting('Mul', [narrow, this.scalar(factor, x)]), shape)
  }

  /** x, and 0 wherever a condition holds: also where x is no number there. */
  zeroWhere(condition: TypedValue, x: TypedValue): TypedValue {
    return this.where(condition, this.scalar(0, x), x)
  }

  /** Where a value is a number. */
  isEqual(x: TypedValue, value: number): TypedValue {
    return this.elementwise(x, (one) => this.broadcasting('Equal', [one, this.scalar(value, one)], 'bool'))
  }

  /** dy · slope, and 0 where dy is 0, be the slope infinite: nothing comes back from what the network left out. */
  chain(dy: TypedValue, slope: TypedValue): TypedValue {
    return this.zeroWhere(this.isEqual(dy, 0), this.mul(dy, slope))
  }

  /** dy / divisor, and 0 where dy is 0, be the divisor 0. */
  chainDivided(dy: TypedValue, divisor: TypedValue): TypedValue {
    return this.zeroWhere(this.isEqual(dy, 0), this.div(dy, divisor))
  }

  neg(x: TypedValue): TypedValue {
    return x.constant !== undefined ? this.full(-x.constant, x) : this.unary('Neg', x)
  }

  /** The sum of gradients that meet at one value. */
  sum(values: readonly TypedValue[]): TypedValue {
    const counts = new Map<string, number>()
    for (const { name } of values) counts.set(name, (counts.get(name) ?? 0) + 1)
    const distinct = values.filter(({ name }, index) => values.findIndex((value) => value.name === name) === index)
    const [first, second, ...more] = distinct.map((value) => this.scale(value, counts.get(value.name) ?? 1)) as [
      TypedValue,
      ...TypedValue[],
    ]
    if (second === undefined) return first
    return more.length === 0 ? this.add(first, second) : this.broadcasting('Sum', [first, second, ...more])
  }

  /** A comparison, as a tensor of 0 and 1 of the type of the inputs. */
  indicator(
    opType: 'Equal' | 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual',
    a: TypedValue,
    b: TypedValue,
  ): TypedValue {
    return this.cast(this.broadcasting(opType, [a, b], 'bool'), a.type)
  }

  where(condition: TypedValue, a: TypedValue, b: TypedValue): TypedValue {
    return this.broadcasting('Where', [condition, a, b], a.type)
  }

  cast(x: TypedValue, type: ElementType): TypedValue {
    if (x.type === type) return x
    return this.elementwise(x, (value) => this.op('Cast', [value], { type, dims: value.dims }, { to: typeCodes[type] }))
  }

  // Shapes

  reshape(x: TypedValue, dims: Dims): TypedValue {
    if (dims.join() === x.dims.join()) return x
    if (x.constant !== undefined) return this.full(x.constant, { type: x.type, dims })
    const narrow = x.narrow && reshapedNarrow(x.narrow.dims, x.dims, dims)
    if (x.narrow && narrow) return this.expand(this.reshape(x.narrow, narrow), dims)
    if (x.reshaped) return this.reshape(x.reshaped, dims)
    return { ...this.op('Reshape', [x, this.ints(dims)], { type: x.type, dims }), reshaped: x }
  }

  transpose(x: TypedValue, perm: readonly number[]): TypedValue {
    if (perm.every((axis, index) => axis === index)) return x
    if (x.permuted) {
      const { source, perm: before } = x.permuted
      const whole = perm.map((axis) => before[axis] as number)
      // onnxruntime is ten times slower where more than one axis moves.
      if (isOneMove(whole) || !isOneMove(perm)) return this.transpose(source, whole)
    }
    const dims = perm.map((axis) => x.dims[axis] as number)
    if (x.constant !== undefined) return this.full(x.constant, { type: x.type, dims })
    // Moving axes of size 1 only is a reshape, which costs nothing.
    const moved = perm.filter((axis) => x.dims[axis] !== 1)
    if (moved.every((axis, index) => index === 0 || axis > (moved[index - 1] as number))) return this.reshape(x, dims)
    return { ...this.op('Transpose', [x], { type: x.type, dims }, { perm }), permuted: { source: x, perm } }
  }

  expand(x: TypedValue, dims: Dims): TypedValue {
    if (dims.join() === x.dims.join()) return x
    const narrow = x.narrow ?? x
    const wide = this.op('Expand', [narrow, this.ints(dims)], { type: x.type, dims })
    return { ...wide, narrow, ...(x.constant !== undefined && { constant: x.constant }) }
  }

  concat(values: readonly TypedValue[], axis: number): TypedValue {
    const [first] = values as readonly [TypedValue, ...TypedValue[]]
    if (values.length === 1) return first
    const total = values.reduce((sum, value) => sum + (value.dims[axis] as number), 0)
    return this.op('Concat', values, { type: first.type, dims: first.dims.with(axis, total) }, { axis })
  }

  /** Elements `start` to `end` (exclusive) along some axes, every `step`-th; counted from the front, and in bounds. */
  slice(x: TypedValue, cuts: readonly Cut[]): TypedValue {
    const kept = cuts.filter(({ axis, start, end, step = 1 }) => step !== 1 || start !== 0 || end !== x.dims[axis])
    if (kept.length === 0) return x
    const dims = [...x.dims]
    for (const { axis, start, end, step = 1 } of kept) dims[axis] = Math.max(0, Math.ceil((end - start) / step))
    // Going backwards, an end before the first element is written as the smallest number.
    const ends = kept.map(({ end, step = 1 }) => (step < 0 && end < 0 ? -(2 ** 31) : end))
    const vectors = [
      kept.map(({ start }) => start),
      ends,
      kept.map(({ axis }) => axis),
      kept.map(({ step = 1 }) => step),
    ]
    return this.op('Slice', [x, ...vectors.map((vector) => this.ints(vector))], { type: x.type, dims })
  }

  /** Zeros before and after along each axis; `pads` as in ONNX: all begins, then all ends. None is negative. */
  pad(x: TypedValue, pads: readonly number[]): TypedValue {
    if (pads.every((pad) => pad === 0)) return x
    const rank = x.dims.length
    const dims = x.dims.map((dim, axis) => dim + (pads[axis] as number) + (pads[axis + rank] as number))
    return this.op('Pad', [x, this.ints(pads)], { type: x.type, dims })
  }

  /** Zeros before and after along one axis. */
  padAxis(x: TypedValue, axis: number, before: number, after: number): TypedValue {
    const pads = x.dims.map((_, other) => (other === axis ? before : 0))
    return this.pad(x, [...pads, ...x.dims.map((_, other) => (other === axis ? after : 0))])
  }

  // Reductions

  /** ReduceSum, ReduceMean, ...: axes counted from the front. */
  reduce(opType: string, x: TypedValue, axes: readonly number[], keepdims = true): TypedValue {
    const dims = x.dims.flatMap((dim, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [dim]))
    if (axes.length === 0) return x
    if (x.permuted) {
      const { source, perm } = x.permuted
      const moved = axes.map((axis) => perm[axis] as number).sort((a, b) => a - b)
      return this.reshape(this.transpose(this.reduce(opType, source, moved), perm), dims)
    }
    // Neighboring axes as one: onnxruntime is fast where few axes are left.
    const single = axes.every((axis) => x.dims[axis] === 1)
    const { merged, reduced } = single ? { merged: x.dims, reduced: axes } : mergeAxes(x.dims, axes)
    const output = { type: x.type, dims: merged.filter((_, axis) => !reduced.includes(axis)) }
    return this.reshape(this.op(opType, [this.reshape(x, merged), this.ints(reduced)], output, { keepdims: 0 }), dims)
  }

  reduceSum(x: TypedValue, axes: readonly number[], keepdims = true): TypedValue {
    const dims = x.dims.flatMap((dim, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [dim]))
    const count = axes.reduce((product, axis) => product * (x.dims[axis] as number), 1)
    if (count === 1) return this.reshape(x, dims)
    if (x.constant !== undefined) return this.full(x.constant * count, { type: x.type, dims })
    return this.reduce('ReduceSum', x, axes, keepdims)
  }

  /**
   * Un-broadcasting: sums a gradient over the axes along which its value was repeated.
   * @param dims Shape of the value, which broadcasts to the gradient's.
   */
  sumTo(x: TypedValue, dims: Dims): TypedValue {
    const extra = x.dims.length - dims.length
    const axes = x.dims.flatMap((dim, axis) => (dim !== (dims[axis - extra] ?? 1) ? [axis] : []))
    return this.reshape(this.reduceSum(x, axes), dims)
  }

  // Matrices

  /** The product of matrices in the last two axes; the axes before broadcast. Both factors have two axes at least. */
  matMul(a: TypedValue, b: TypedValue, { transA = false, transB = false, alpha = 1 }: MatMulOptions = {}): TypedValue {
    const rows = a.dims.at(transA ? -1 : -2) as number
    const columns = b.dims.at(transB ? -2 : -1) as number
    const dims = [...broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2)), rows, columns]
    const output = { type: a.type, dims }
    // A transposed first factor is turned again for every block of columns: of many it pays to do that once before.
    if (transA && a.dims.length === 2 && columns >= manyColumns) {
      const sideways = !transB && sizeOf(b.dims) + rows * columns < sizeOf(a.dims)
      if (!sideways) return this.matMul(this.#turned(a), b, { transB, alpha })
      // (B′ᵀ · A)ᵀ, where it is less to turn the second factor and the product.
      return this.transposeMatrix(this.matMul(this.#turned(b), a, { alpha }))
    }
    if (!transA && !transB && alpha === 1) return this.op('MatMul', [a, b], output)
    const flags = { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha: float(alpha) }
    if (dims.length === 2) return this.op('Gemm', [a, b], output, flags)
    // onnxruntime multiplies transposed matrices as they lie, in single precision.
    if (a.type === 'float32') return this.op('FusedMatMul', [a, b], output, flags, 'com.microsoft')
    const product = this.op(
      'MatMul',
      [transA ? this.transposeMatrix(a) : a, transB ? this.transposeMatrix(b) : b],
      output,
    )
    return this.scale(product, alpha)
  }

  /** The last two axes exchanged. */
  transposeMatrix(x: TypedValue): TypedValue {
    const axes = x.dims.map((_, axis) => axis)
    return this.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
  }

  /** A matrix transposed by way of a third axis: onnxruntime would take a plain transposition back into the product. */
  #turned(matrix: TypedValue): TypedValue {
    const [rows, columns] = matrix.dims as [number, number]
    return this.reshape(this.transpose(this.reshape(matrix, [rows, columns, 1]), [1, 0, 2]), [columns, rows])
  }

  /**
   * Inputs of an operator that broadcasts, with their axes as they are before `perm`. Undefined where that takes the
   * transposition of a large value that is not there yet.
   */
  #inOrder(inputs: readonly TypedValue[], perm: readonly number[]): TypedValue[] | undefined {
    const rank = perm.length
    const inverse = perm.map((_, axis) => perm.indexOf(axis))
    const sources: TypedValue[] = []
    for (const input of inputs) {
      if (input.permuted?.perm.join() === perm.join()) {
        sources.push(input.permuted.source)
        continue
      }
      if (input.dims.filter((dim) => dim !== 1).length > 1 && !this.#hasTranspose(input, inverse)) return undefined
      const wide = this.reshape(input, [...Array.from({ length: rank - input.dims.length }, () => 1), ...input.dims])
      // As it lies from now on: the order in which it was made would lead back.
      const { permuted: _, ...moved } = input.dims.length === 0 ? input : this.transpose(wide, inverse)
      sources.push(moved)
    }
    return sources
  }

  #hasTranspose(x: TypedValue, perm: readonly number[]): boolean {
    return this.#shared.has(keyOf('Transpose', [x.name], { perm }))
  }

  #narrowed(inputs: readonly TypedValue[], dims: Dims): TypedValue[] {
    const chosen = [...inputs]
    for (const [index, { narrow }] of inputs.entries()) {
      if (!narrow) continue
      const others = chosen.with(index, narrow).map((input) => input.dims)
      if (broadcast(...others).join() === dims.join()) chosen[index] = narrow
    }
    return chosen
  }
}

/** What makes two nodes compute the same. */
function keyOf(opType: string, inputs: readonly string[], attributes: object, domain = '', outputs = 1): string {
  return JSON.stringify([domain, opType, inputs, attributes, outputs])
}
