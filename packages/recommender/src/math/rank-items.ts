/** Items in the order of their scores. */
export interface Ranking {
  /** Those whose score is not 0 and that are not left out, best first. */
  readonly items: Uint32Array
  /** Their scores, falling. */
  readonly scores: Float32Array
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

/** Items, and beside each of them a score or the key that the score is sorted by, in the same memory. */
export class ScoredItems {
  readonly items: Uint32Array
  readonly scores: Float32Array
  readonly keys: Uint32Array

  constructor(itemCount: number) {
    this.items = new Uint32Array(itemCount)
    this.scores = new Float32Array(itemCount)
    this.keys = new Uint32Array(this.scores.buffer)
  }
}

/** What is counted of scores before they are sorted. */
interface Counted {
  /** Scores that are not 0, and those above 0. */
  readonly length: number
  readonly above: number
  readonly sum: number
  readonly squares: number
}

/**
 * Ranks items by their scores, in memory that is kept: a ranking lasts until the next one. Zeros, of which there are many where
 * features is sparse, are not sorted; the others are by radix (LSD, three digits of 11 bits), in time linear in their number.
 */
export class ItemRanker {
  readonly #sorted: ScoredItems
  readonly #between: ScoredItems
  readonly #ranks: Float32Array
  readonly #counts = new Uint32Array(digits * values)
  /** All items in their order, where it is always the same. */
  #order: ScoredItems | undefined
  readonly #isConstant: boolean

  /**
   * @param isConstant Whether the scores are the same each time: then they are sorted once.
   * @param between Memory for the work between, of at least so many items, which rankers can share.
   */
  constructor(itemCount: number, isConstant = false, between = new ScoredItems(itemCount)) {
    this.#sorted = new ScoredItems(itemCount)
    this.#between = between
    this.#ranks = new Float32Array(itemCount)
    this.#isConstant = isConstant
  }

  /**
   * @param scores [items]
   * @param leftOut [items]: 1 for those that have no rank.
   * @param count How many are not left out.
   */
  rank(scores: Float32Array, leftOut: Uint8Array, count: number): Ranking {
    const counted = this.#isConstant ? this.#pick(scores, leftOut) : this.#sort(scores, leftOut)
    const { length, above, sum, squares } = counted
    const zeros = count - length
    const sorted = this.#sorted.scores.subarray(0, length)
    const ranks = this.#ranks.subarray(0, length)
    fillRanks(ranks, sorted, above, zeros)
    const mean = sum / Math.max(count, 1)
    return {
      items: this.#sorted.items.subarray(0, length),
      scores: sorted,
      ranks,
      hasZeros: zeros > 0,
      zeroRank: above + (1 + zeros) / 2,
      mean,
      spread: Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 1e-12)) + 1e-6,
    }
  }

  #sort(scores: Float32Array, leftOut: Uint8Array): Counted {
    const counted = collect(scores, leftOut, this.#between, this.#counts.fill(0))
    // Three times from one to the other: sorted in the end.
    for (let digit = 0; digit < digits; digit++) {
      const [from, to] = digit % 2 === 0 ? [this.#between, this.#sorted] : [this.#sorted, this.#between]
      sortDigit(from, to, this.#counts.subarray(digit * values, (digit + 1) * values), counted.length, 11 * digit)
    }
    const { keys } = this.#sorted
    for (let place = 0; place < counted.length; place++) keys[place] = bitsOf(keys[place] as number)
    return counted
  }

  /** From all items in their order. */
  #pick(scores: Float32Array, leftOut: Uint8Array): Counted {
    if (!this.#order) {
      const { length } = this.#sort(scores, new Uint8Array(scores.length))
      this.#order = new ScoredItems(length)
      this.#order.items.set(this.#sorted.items.subarray(0, length))
      this.#order.scores.set(this.#sorted.scores.subarray(0, length))
    }
    return pick(this.#order, leftOut, this.#sorted)
  }
}

/** Gathers the keys of what has a score, and counts their digits. */
function collect(scores: Float32Array, leftOut: Uint8Array, into: ScoredItems, counts: Uint32Array): Counted {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length)
  const { keys, items } = into
  let length = 0
  for (let start = 0; start < bits.length; start += 4) {
    const end = Math.min(start + 4, bits.length)
    // Most of the sparse ones: four zeros at once.
    if (
      end === start + 4 &&
      ((bits[start] as number) |
        (bits[start + 1] as number) |
        (bits[start + 2] as number) |
        (bits[start + 3] as number)) ===
        0
    )
      continue
    for (let item = start; item < end; item++) {
      const own = bits[item] as number
      // Without its sign: zeros of both signs are 0.
      const size = own << 1
      keys[length] = own
      items[length] = item
      // 1 for what is neither 0 nor left out, without a branch that nobody can foresee.
      length += ((size | (0 - size)) >>> 31) & ~(leftOut[item] as number)
    }
  }
  let [above, sum, squares] = [0, 0, 0]
  for (let place = 0; place < length; place++) {
    const score = into.scores[place] as number
    if (score > 0) above++
    sum += score
    squares += score * score
    const key = keyOf(keys[place] as number)
    keys[place] = key
    const low = key & 2047
    const middle = values + ((key >>> 11) & 2047)
    const high = 2 * values + (key >>> 22)
    counts[low] = (counts[low] as number) + 1
    counts[middle] = (counts[middle] as number) + 1
    counts[high] = (counts[high] as number) + 1
  }
  return { length, above, sum, squares }
}

function pick(order: ScoredItems, leftOut: Uint8Array, into: ScoredItems): Counted {
  let [length, above, sum, squares] = [0, 0, 0, 0]
  for (let place = 0; place < order.items.length; place++) {
    const item = order.items[place] as number
    if (leftOut[item] === 1) continue
    const score = order.scores[place] as number
    into.items[length] = item
    into.scores[length] = score
    length++
    if (score > 0) above++
    sum += score
    squares += score * score
  }
  return { length, above, sum, squares }
}

function sortDigit(from: ScoredItems, to: ScoredItems, counts: Uint32Array, length: number, shift: number): void {
  let sum = 0
  for (let value = 0; value < values; value++) {
    const count = counts[value] as number
    counts[value] = sum
    sum += count
  }
  const { keys, items } = from
  const { keys: sortedKeys, items: sortedItems } = to
  for (let place = 0; place < length; place++) {
    const key = keys[place] as number
    const value = (key >>> shift) & 2047
    const next = counts[value] as number
    counts[value] = next + 1
    sortedKeys[next] = key
    sortedItems[next] = items[place] as number
  }
}

/** @param scores Falling; the first `above` of them are above 0, and between these and the others lie the zeros. */
function fillRanks(ranks: Float32Array, scores: Float32Array, above: number, zeros: number): void {
  for (let start = 0; start < ranks.length;) {
    const score = scores[start]
    let end = start + 1
    while (end < ranks.length && scores[end] === score) end++
    const rank = (start + 1 + end) / 2 + (start < above ? 0 : zeros)
    for (; start < end; start++) ranks[start] = rank
  }
}

/** Bits of a float as a whole number that is the smaller, the larger the float is. */
function keyOf(bits: number): number {
  return (bits >>> 31 === 1 ? bits : ~(bits | 0x80000000)) >>> 0
}

/** The bits of the float with that key. */
function bitsOf(key: number): number {
  return key >>> 31 === 1 ? key : ~key & 0x7fffffff
}
