import { insertBest, isBefore } from './best-list.js'
import type { History } from '../shop/histories.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'
import { type RowProducts, rowProducts } from '../math/row-products.js'
import { lengthOf, ManyProducts } from './many-products.js'

/** Items whose products are looked at between two looks at what can still follow. */
const blockSize = 1024
/** Fewer lists are made one by one. */
const fewLists = 32

/**
 * What scores are products of, for recommenders of which they are: a vector for each item, and one for a history.
 *
 * A list is exact without a product for each item: the items stand in the order of their vectors' lengths, and since no product is
 * larger than |x| |y|, nothing better can follow where that is less than the worst of the list (pruning by length: Teflioudi,
 * Gemulla and Mykytiuk, "LEMP: fast retrieval of large entries in a matrix product", 2015). Factors, which are the longer the
 * more users took an item, are soon done with; vectors of one length are all looked at.
 */
export class ItemVectors {
  /** Items by the lengths of their vectors, the longest first. */
  readonly #order: Uint32Array
  /** `[items]`, in that order. */
  readonly #lengths: Float64Array
  readonly #products: RowProducts
  #many: ManyProducts | undefined

  constructor(
    /** `[items, columns]`, row-major. */
    readonly data: Float32Array,
    readonly columns: number,
    /** `[columns]`: the score of an item is the product of its row with this. */
    readonly of: (history: History) => Float64Array,
  ) {
    const lengths = Float64Array.from({ length: data.length / columns }, (_, item) =>
      lengthOf(data.subarray(item * columns, (item + 1) * columns)),
    )
    this.#order = Uint32Array.from(lengths.keys()).sort(
      (a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b,
    )
    this.#lengths = Float64Array.from(this.#order, (item) => lengths[item] as number)
    const sorted = new Float32Array(data.length)
    this.#order.forEach((item, place) =>
      sorted.set(data.subarray(item * columns, (item + 1) * columns), place * columns),
    )
    this.#products = rowProducts(sorted, columns)
  }

  /** The scores of all items, [items]. */
  scores(history: History): Float32Array {
    const [order, products] = [this.#order, this.#products(this.of(history))]
    const scores = new Float32Array(order.length)
    for (let place = 0; place < order.length; place++) scores[order[place] as number] = products[place] as number
    return scores
  }

  /** The items of the highest scores, as `recommend` lists them. */
  best(history: History, options: ListOptions): Recommendation[] {
    return this.#best(history, options)
  }

  #best(
    history: History,
    { k = 10, candidates, repeats = false }: ListOptions,
    without: readonly number[] = [],
  ): Recommendation[] {
    const had = new Set([...(repeats ? [] : history.items), ...without])
    const [order, lengths, vector] = [this.#order, this.#lengths, this.of(history)]
    // Room for what is rounded in a product.
    const most = lengthOf(vector) * (1 + 2 ** -22 * this.columns)
    const list: Recommendation[] = []
    if (k < 1) return list
    for (let from = 0; from < order.length; from += blockSize) {
      if (list.length === k && most * (lengths[from] as number) < (list.at(-1) as Recommendation).score) break
      const products = this.#products(vector, from, Math.min(from + blockSize, order.length))
      for (let place = 0; place < products.length; place++) {
        const line = { item: order[from + place] as number, score: products[place] as number }
        const worst = list[k - 1]
        if ((worst && !isBefore(line, worst)) || had.has(line.item) || candidates?.[line.item] === 0) continue
        insertBest(list, line, k)
      }
    }
    return list
  }

  /** The same of many histories, by products of matrices. */
  async bestOfMany(
    histories: readonly History[],
    options: ListOptions,
    without: Without = [],
  ): Promise<Recommendation[][]> {
    if (histories.length < fewLists)
      return histories.map((history, place) => this.#best(history, options, without[place]))
    this.#many ??= new ManyProducts(this.data, this.columns, { order: this.#order, lengths: this.#lengths })
    return this.#many.best(histories, histories.map(this.of), options, without)
  }

  /** Frees the native memory of that. */
  async close(): Promise<void> {
    await this.#many?.close()
  }
}
