import { float32, GraphBuilder, int64, Session, type Value } from '@headstart/onnx'
import type { History } from '../shop/histories.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'

/** Histories whose scores are in memory at once. */
const atOnce = 64

/** The best of products of many vectors with one matrix, by ONNX Runtime: TopK(vectors · itemsᵀ + mask). */
export class ManyProducts {
  readonly #items: Float32Array
  readonly #columns: number
  #session: Promise<Session> | undefined

  /** @param items [items, columns], row-major. */
  constructor(items: Float32Array, columns: number) {
    this.#items = items
    this.#columns = columns
  }

  /** @param vectors [histories] of [columns]. */
  async best(
    histories: readonly History[],
    vectors: readonly Float64Array[],
    { k = 10, candidates, repeats = false }: ListOptions,
    without: Without,
  ): Promise<Recommendation[][]> {
    const [columns, count] = [this.#columns, this.#items.length / this.#columns]
    const mask = new Float32Array(count)
    candidates?.forEach((is, item) => (mask[item] = is === 0 ? -Infinity : 0))
    const session = await (this.#session ??= this.#start())
    const lists: Recommendation[][] = []
    for (let first = 0; first < histories.length; first += atOnce) {
      const some = histories.slice(first, first + atOnce)
      const had = some.map(({ items }, row) => new Set([...(repeats ? [] : items), ...(without[first + row] ?? [])]))
      const data = new Float32Array(some.length * columns)
      some.forEach((_, row) => data.set(vectors[first + row] as Float64Array, row * columns))
      // Room for what users have.
      const most = k + Math.max(...had.map(({ size }) => size))
      const length = Math.min(most, count)
      const { scores, items } = await session.run({
        users: float32([some.length, columns], data),
        mask: float32([1, count], mask),
        k: int64([1], [length]),
      })
      had.forEach((own, row) => {
        const list: Recommendation[] = []
        for (let at = row * length; at < (row + 1) * length && list.length < k; at++) {
          const [item, score] = [Number(items?.data[at]), scores?.data[at] as number]
          if (score !== -Infinity && !own.has(item)) list.push({ item, score })
        }
        lists.push(list)
      })
    }
    return lists
  }

  /** Frees its native memory. */
  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await (await session)?.close()
  }

  #start(): Promise<Session> {
    const [columns, count] = [this.#columns, this.#items.length / this.#columns]
    const transposed = new Float32Array(this.#items.length)
    for (let item = 0; item < count; item++)
      for (let at = 0; at < columns; at++) transposed[at * count + item] = this.#items[item * columns + at] as number
    const g = new GraphBuilder('many products')
    const users = g.input('users', 'float32', ['users', columns])
    const mask = g.input('mask', 'float32', [1, count])
    const k = g.input('k', 'int64', [1])
    const products = g.op('MatMul', [users, g.weight('factors', float32([columns, count], transposed))])
    const [scores, items] = g.ops('TopK', [g.op('Add', [products, mask]), k], 2) as [Value, Value]
    g.output('scores', scores, 'float32', ['users', 'k'])
    g.output('items', items, 'int64', ['users', 'k'])
    return Session.create(g.build())
  }
}
