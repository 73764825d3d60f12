import { float32, GraphBuilder, Session, type Tensor } from '@headstart/onnx'
import type { History } from '../shop/histories.js'
import { isBefore } from './best-list.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'

/** Items whose products are in memory at once, and histories. */
const [blockSize, atOnce] = [1024, 256]

/** Items by the lengths of their vectors, the longest first. */
export interface ByLength {
  readonly order: Uint32Array
  /** `[items]`, in that order. */
  readonly lengths: Float64Array
}

/** A list that is not ended. */
interface Begun {
  readonly vector: Float64Array
  /** No product is larger than this times the length of an item's vector. */
  readonly most: number
  /** Twice what a product in single precision can be wrong by, and more. */
  readonly margin: number
  readonly had: ReadonlySet<number>
  /** The best products so far, [k], and what is near enough to them. */
  readonly best: Float32Array
  readonly near: number[]
  readonly nearProducts: number[]
}

/**
 * The best of products of many vectors with one matrix: a block of items for a block of histories at a time by ONNX Runtime, in single
 * precision, from the longest items on until nothing better can follow; what is near the best is multiplied once more, in the precision
 * in which lists are made one by one. So they are the same.
 */
export class ManyProducts {
  readonly #items: Float32Array
  readonly #columns: number
  readonly #byLength: ByLength
  /** Vectors of a block of items, [columns, items of the block]. */
  readonly #blocks: (Float32Array | undefined)[] = []
  #session: Promise<Session> | undefined

  /** @param items [items, columns], row-major. */
  constructor(items: Float32Array, columns: number, byLength: ByLength) {
    this.#items = items
    this.#columns = columns
    this.#byLength = byLength
  }

  /** @param vectors [histories] of [columns]. */
  async best(
    histories: readonly History[],
    vectors: readonly Float64Array[],
    options: ListOptions,
    without: Without,
  ): Promise<Recommendation[][]> {
    const { k = 10, repeats = false } = options
    const lists: Recommendation[][] = []
    for (let first = 0; first < histories.length; first += atOnce) {
      const begun = histories.slice(first, first + atOnce).map(({ items }, row): Begun => {
        const vector = vectors[first + row] as Float64Array
        const most = lengthOf(vector)
        return {
          vector,
          most,
          margin: most * (this.#byLength.lengths[0] as number) * this.#columns * 2 ** -21,
          had: new Set([...(repeats ? [] : items), ...(without[first + row] ?? [])]),
          best: new Float32Array(k).fill(-Infinity),
          near: [],
          nearProducts: [],
        }
      })
      await this.#gather(begun, options)
      lists.push(...begun.map((one) => this.#exact(one, k)))
    }
    return lists
  }

  /** Frees its native memory. */
  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await (await session)?.close()
  }

  /** Looks at one block of items after the other, for those whose lists can still become better. */
  async #gather(begun: readonly Begun[], { candidates }: ListOptions): Promise<void> {
    const { order, lengths } = this.#byLength
    const session = await (this.#session ??= startSession(this.#columns))
    let left = begun
    for (let from = 0; from < order.length; from += blockSize) {
      const longest = lengths[from] as number
      left = left.filter(({ most, best, margin }) => most * longest >= (best.at(-1) ?? Infinity) - margin)
      if (left.length === 0) return
      const users = new Float32Array(left.length * this.#columns)
      left.forEach(({ vector }, row) => users.set(vector, row * this.#columns))
      const count = Math.min(blockSize, order.length - from)
      const run = await session.run({
        users: float32([left.length, this.#columns], users),
        items: float32([this.#columns, count], this.#block(from, count)),
      })
      const products = run['products'] as Tensor<'float32'>
      left.forEach((one, row) => {
        const own = products.data.subarray(row * count, (row + 1) * count)
        take(one, own, order, from, candidates)
      })
    }
  }

  #exact({ vector, near, nearProducts, best, margin }: Begun, k: number): Recommendation[] {
    const least = (best.at(-1) ?? Infinity) - margin
    const lines = near.flatMap((item, place) =>
      (nearProducts[place] as number) < least
        ? []
        : [{ item, score: productOf(vector, this.#items, item * this.#columns) }],
    )
    return lines.sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, k)
  }

  #block(from: number, count: number): Float32Array {
    const columns = this.#columns
    return (this.#blocks[from / blockSize] ??= transposedRows(this.#items, columns, this.#byLength.order, from, count))
  }
}

function startSession(columns: number): Promise<Session> {
  const g = new GraphBuilder('many products')
  const users = g.input('users', 'float32', ['users', columns])
  const items = g.input('items', 'float32', [columns, 'items'])
  g.output('products', g.op('MatMul', [users, items]), 'float32', ['users', 'items'])
  return Session.create(g.build(), { threads: 1 })
}

// All as arguments: what closures and objects share the compiler does not take for constant, which costs three times the time.

function transposedRows(
  data: Float32Array,
  columns: number,
  order: Uint32Array,
  from: number,
  count: number,
): Float32Array {
  const block = new Float32Array(columns * count)
  for (let row = 0; row < count; row++) {
    const start = (order[from + row] as number) * columns
    for (let k = 0; k < columns; k++) block[k * count + row] = data[start + k] as number
  }
  return block
}

/** Takes note of the products of a block that may be among the best. */
function take(
  { best, near, nearProducts, had, margin }: Begun,
  products: Float32Array,
  order: Uint32Array,
  from: number,
  candidates: Uint8Array | undefined,
): void {
  const last = best.length - 1
  if (last < 0) return
  let least = best[last] as number
  for (let place = 0; place < products.length; place++) {
    const product = products[place] as number
    if (product < least - margin) continue
    const item = order[from + place] as number
    if (candidates?.[item] === 0 || had.has(item)) continue
    near.push(item)
    nearProducts.push(product)
    if (product <= least) continue
    let at = last
    for (; at > 0 && (best[at - 1] as number) < product; at--) best[at] = best[at - 1] as number
    best[at] = product
    least = best[last] as number
  }
}

/** As `rowProducts` sums it. */
function productOf(vector: Float64Array, data: Float32Array, start: number): number {
  let sum = 0
  for (let k = 0; k < vector.length; k++) sum += (vector[k] as number) * (data[start + k] as number)
  return Math.fround(sum)
}

export function lengthOf(vector: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < vector.length; k++) sum += (vector[k] as number) ** 2
  return Math.sqrt(sum)
}
