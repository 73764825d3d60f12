import { insertBest } from '../contract/best-list.js'
import type { ListOptions, Recommendation } from '../contract/recommendation.js'
import { FallingRows } from '../math/falling-rows.js'
import { type SparseRows, transposed } from '../math/sparse-rows.js'
import type { History } from '../shop/histories.js'

/** Links of each item of a history that are followed before anything else. */
const first = 32
/** What an item that was not met can have at most, as a share of the worst of the list. */
const share = 0.6
/** What sums are rounded by, for each summand. */
const rounding = 2 ** -22

/** The items of a history that count, and what each does, above 0. */
export interface Followed {
  readonly items: Int32Array
  readonly weights: Float64Array
}

/**
 * The best items of sums of links, exactly, without most of the links: those of an item are followed from the strongest on, and as soon
 * as what is left cannot make a list, only the items that were met near enough to it are summed to the end (the threshold algorithm: Fagin,
 * Lotem and Naor, "Optimal aggregation algorithms for middleware", 2003).
 */
export class BestLinked {
  readonly #falling: FallingRows
  readonly #starts: Int32Array
  /** The links to each item. */
  readonly #to: SparseRows
  /** By item: what was summed of it so far; its place in the history, from 1 on; 1 for what cannot be in the list. Zero between two lists. */
  readonly #sums: Float32Array
  readonly #placeOf: Int32Array
  readonly #isOut: Uint8Array
  /** The first `#count` of these were met. */
  readonly #met: Int32Array
  #count = 0
  /** The best sums so far, [k]. */
  #best = new Float32Array()

  private constructor(links: SparseRows, falling: FallingRows) {
    this.#falling = falling
    this.#starts = links.starts
    this.#to = transposed(links)
    this.#sums = new Float32Array(links.columnCount)
    this.#placeOf = new Int32Array(links.columnCount)
    this.#isOut = new Uint8Array(links.columnCount)
    this.#met = new Int32Array(links.columnCount + 1)
  }

  /** Undefined for links that can be negative. */
  static of(links: SparseRows): BestLinked | undefined {
    const falling = FallingRows.of(links)
    return falling && new BestLinked(links, falling)
  }

  /**
   * The list, as sums of all links give it; undefined where the history links to fewer items than are wanted or to all, or has an item
   * twice.
   */
  list(
    history: History,
    followed: Followed,
    { k = 10, candidates, repeats = false }: ListOptions,
    without: readonly number[],
  ): Recommendation[] | undefined {
    const out = repeats ? without : [...history.items, ...without]
    for (const item of out) this.#isOut[item] = 1
    const hasEachOnce = this.#place(followed.items)
    if (this.#best.length !== k) this.#best = new Float32Array(Math.max(k, 0))
    const rest = k < 1 || !hasEachOnce ? undefined : this.#gather(followed, candidates)
    const list = rest === undefined ? undefined : this.#listed(followed, candidates, rest)
    for (const item of out) this.#isOut[item] = 0
    for (const item of followed.items) this.#placeOf[item] = 0
    for (let at = 0; at < this.#count; at++) this.#sums[this.#met[at] as number] = 0
    this.#count = 0
    return list
  }

  #place(items: Int32Array): boolean {
    for (let place = 0; place < items.length; place++) {
      if (this.#placeOf[items[place] as number] !== 0) return false
      this.#placeOf[items[place] as number] = place + 1
    }
    return true
  }

  /** Follows links until what is left cannot make a list. Gives how much that is; undefined where no list is full. */
  #gather({ items, weights }: Followed, candidates: Uint8Array | undefined): number | undefined {
    const starts = this.#starts
    const ends = Int32Array.from(items, (item) => starts[item] as number)
    let [least, isOver] = [0, false]
    for (let some = first; least === 0; some *= 4) {
      if (isOver) return undefined
      isOver = true
      for (let place = 0; place < items.length; place++) {
        const item = items[place] as number
        const [start, last] = [starts[item] as number, starts[item + 1] as number]
        this.#falling.sort(item)
        const end = Math.min(start + some, last)
        this.#follow(ends[place] as number, end, weights[place] as number)
        ends[place] = end
        if (end < last) isOver = false
      }
      least = this.#least(candidates)
    }
    const { values } = this.#falling
    let rest = 0
    for (let place = 0; place < items.length; place++) {
      const [weight, last] = [weights[place] as number, starts[(items[place] as number) + 1] as number]
      const end = firstBelow(values, ends[place] as number, last, (share * least) / items.length / weight)
      this.#follow(ends[place] as number, end, weight)
      if (end < last) rest += weight * (values[end] as number)
    }
    // Where all were met they may all be alike.
    return this.#count === this.#sums.length ? undefined : rest
  }

  /** Of those that were met: by their whole sums. */
  #listed({ items, weights }: Followed, candidates: Uint8Array | undefined, rest: number): Recommendation[] {
    const [k, least] = [this.#best.length, this.#least(candidates) * (1 - items.length * rounding)]
    const found = new Float32Array(items.length)
    const list: Recommendation[] = []
    for (let at = 0; at < this.#count; at++) {
      const item = this.#met[at] as number
      if ((this.#sums[item] as number) + rest < least || this.#isOut[item] === 1 || candidates?.[item] === 0) continue
      const score = sumOf(linksTo(item, this.#to, this.#placeOf, found), weights)
      if (score >= (list[k - 1]?.score ?? 0)) insertBest(list, { item, score }, k)
    }
    return list
  }

  #follow(from: number, to: number, weight: number): void {
    const { columns, values } = this.#falling
    this.#count = follow(columns, values, from, to, weight, this.#sums, this.#met, this.#count)
  }

  #least(candidates: Uint8Array | undefined): number {
    return leastOf(this.#sums, this.#met, this.#count, this.#isOut, candidates, this.#best)
  }
}

// All as arguments: what closures and objects share the compiler does not take for constant, which costs three times the time.

function follow(
  columns: Int32Array,
  values: Float32Array,
  from: number,
  to: number,
  weight: number,
  sums: Float32Array,
  met: Int32Array,
  count: number,
): number {
  for (let at = from; at < to; at++) {
    const item = columns[at] as number
    const before = sums[item] as number
    // Overwritten by the next one unless it is new.
    met[count] = item
    if (before === 0) count++
    sums[item] = before + weight * (values[at] as number)
  }
  return count
}

/** The last of the largest sums of what can be in the list, 0 where these are too few. */
function leastOf(
  sums: Float32Array,
  met: Int32Array,
  count: number,
  isOut: Uint8Array,
  candidates: Uint8Array | undefined,
  best: Float32Array,
): number {
  best.fill(0)
  const last = best.length - 1
  let least = 0
  for (let at = 0; at < count; at++) {
    const item = met[at] as number
    const sum = sums[item] as number
    if (sum <= least || isOut[item] === 1 || candidates?.[item] === 0) continue
    let place = last
    for (; place > 0 && (best[place - 1] as number) < sum; place--) best[place] = best[place - 1] as number
    best[place] = sum
    least = best[last] as number
  }
  return least
}

/** Where, from a place on, falling numbers are below one for the first time. */
function firstBelow(values: Float32Array, from: number, to: number, least: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) >= least) low = middle + 1
    else high = middle
  }
  return low
}

/** The links to an item that come from a history, by their places there. */
function linksTo(
  item: number,
  { starts, columns, values }: SparseRows,
  placeOf: Int32Array,
  found: Float32Array,
): Float32Array {
  found.fill(0)
  const end = starts[item + 1] as number
  for (let at = starts[item] as number; at < end; at++) {
    const place = placeOf[columns[at] as number] as number
    if (place > 0) found[place - 1] = values[at] as number
  }
  return found
}

/** Summed as `itemLinks` does, in the order of the history. */
function sumOf(found: Float32Array, weights: Float64Array): number {
  let sum = 0
  for (let place = 0; place < weights.length; place++)
    sum = Math.fround(sum + (weights[place] as number) * (found[place] as number))
  return sum
}
