/** Items in the order of their scores. */
export interface Ranking {
  /** Those whose score is not 0 and that are not left out, best first. */
  readonly items: Uint32Array
  /** The rank of each of them, 1 being the best; items of equal scores share the mean of their ranks. */
  readonly ranks: Float32Array
  /** Whether any item that is not left out scores 0, and the rank that all of these share. */
  readonly hasZeros: boolean
  readonly zeroRank: number
  /** Mean and standard deviation of the scores over what is not left out. */
  readonly mean: number
  readonly spread: number
}

/** Digits of 11 bits, and what they can be. */
const [digits, values] = [3, 2048]

/**
 * Ranks items by their scores. Keeps its memory from one ranking to the next. Zeros, of which there are many where
 * evidence is sparse, are not sorted; the others are by radix (LSD, three digits of 11 bits), in time linear in their number.
 */
export class ItemRanker {
  #keys: Uint32Array<ArrayBuffer>
  #items: Uint32Array<ArrayBuffer>
  #otherKeys: Uint32Array<ArrayBuffer>
  #otherItems: Uint32Array<ArrayBuffer>
  readonly #counts = new Uint32Array(digits * values)

  constructor(itemCount: number) {
    this.#keys = new Uint32Array(itemCount)
    this.#items = new Uint32Array(itemCount)
    this.#otherKeys = new Uint32Array(itemCount)
    this.#otherItems = new Uint32Array(itemCount)
  }

  /**
   * @param scores [items]
   * @param leftOut [items]: 1 for those that have no rank.
   * @param count How many are not left out.
   * @param order The items of a ranking of the same scores from which nothing was left out: then they are not sorted again.
   */
  rank(scores: Float32Array, leftOut: Uint8Array, count: number, order?: Uint32Array): Ranking {
    const sorted = order ? this.#collectInOrder(scores, leftOut, order) : this.#collect(scores, leftOut)
    if (!order) for (let digit = 0; digit < digits; digit++) this.#sortDigit(sorted, digit)
    const items = this.#items.slice(0, sorted)
    let [above, sum, squares] = [0, 0, 0]
    for (let place = 0; place < sorted; place++) {
      const score = scores[items[place] as number] as number
      if (score > 0) above++
      sum += score
      squares += score * score
    }
    const zeros = count - sorted
    const mean = sum / Math.max(count, 1)
    return {
      items,
      ranks: this.#ranksOfSorted(sorted, above, zeros),
      hasZeros: zeros > 0,
      zeroRank: above + (zeros + 1) / 2,
      mean,
      spread: Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 1e-12)) + 1e-6,
    }
  }

  /** Gathers what has a score, and counts digits. */
  #collect(scores: Float32Array, leftOut: Uint8Array): number {
    const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length)
    const [keys, items, counts] = [this.#keys, this.#items, this.#counts.fill(0)]
    let length = 0
    for (let item = 0; item < scores.length; item++) {
      if (scores[item] === 0 || leftOut[item] === 1) continue
      const key = keyOf(bits[item] as number)
      keys[length] = key
      items[length] = item
      length++
      const low = key & 2047
      const middle = values + ((key >>> 11) & 2047)
      const high = 2 * values + (key >>> 22)
      counts[low] = (counts[low] as number) + 1
      counts[middle] = (counts[middle] as number) + 1
      counts[high] = (counts[high] as number) + 1
    }
    return length
  }

  #collectInOrder(scores: Float32Array, leftOut: Uint8Array, order: Uint32Array): number {
    const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length)
    const [keys, items] = [this.#keys, this.#items]
    let length = 0
    for (let place = 0; place < order.length; place++) {
      const item = order[place] as number
      if (leftOut[item] === 1) continue
      keys[length] = keyOf(bits[item] as number)
      items[length] = item
      length++
    }
    return length
  }

  #ranksOfSorted(sorted: number, above: number, zeros: number): Float32Array {
    const keys = this.#keys
    const ranks = new Float32Array(sorted)
    for (let start = 0; start < sorted; ) {
      const key = keys[start]
      let end = start + 1
      while (end < sorted && keys[end] === key) end++
      const rank = (start + 1 + end) / 2 + (start < above ? 0 : zeros)
      for (; start < end; start++) ranks[start] = rank
    }
    return ranks
  }

  #sortDigit(length: number, digit: number): void {
    const [keys, items, otherKeys, otherItems] = [this.#keys, this.#items, this.#otherKeys, this.#otherItems]
    const next = this.#counts.subarray(digit * values, (digit + 1) * values)
    let sum = 0
    for (let value = 0; value < values; value++) {
      const count = next[value] as number
      next[value] = sum
      sum += count
    }
    const shift = 11 * digit
    for (let place = 0; place < length; place++) {
      const key = keys[place] as number
      const value = (key >>> shift) & 2047
      const to = next[value] as number
      next[value] = to + 1
      otherKeys[to] = key
      otherItems[to] = items[place] as number
    }
    this.#keys = otherKeys
    this.#items = otherItems
    this.#otherKeys = keys
    this.#otherItems = items
  }
}

/** Bits of a float as a whole number that is the smaller, the larger the float is. */
function keyOf(bits: number): number {
  return (bits >>> 31 === 1 ? bits : ~(bits | 0x80000000)) >>> 0
}
