/**
 * Ranks of items by their scores, the best being 1; items of equal scores share the mean of their ranks. Keeps its memory
 * from one ranking to the next. Zeros, of which there are many where evidence is sparse, are not sorted; the others are
 * by radix (LSD, three digits of 11 bits), in time linear in their number.
 */
export class ItemRanker {
  #keys: Uint32Array<ArrayBuffer>
  #items: Uint32Array<ArrayBuffer>
  #otherKeys: Uint32Array<ArrayBuffer>
  #otherItems: Uint32Array<ArrayBuffer>
  readonly #counts = new Uint32Array(2048)

  constructor(itemCount: number) {
    this.#keys = new Uint32Array(itemCount)
    this.#items = new Uint32Array(itemCount)
    this.#otherKeys = new Uint32Array(itemCount)
    this.#otherItems = new Uint32Array(itemCount)
  }

  /**
   * Writes the rank of each item that is not left out into `ranks`.
   * @param scores [items]
   * @param leftOut [items]: 1 for those that have no rank.
   */
  rank(scores: Float32Array, leftOut: Uint8Array, ranks: Float32Array): void {
    const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length)
    let [sorted, above, zeros] = [0, 0, 0]
    for (let item = 0; item < scores.length; item++) {
      if (leftOut[item] === 1) continue
      const score = scores[item] as number
      if (score === 0) {
        zeros++
        continue
      }
      const bit = bits[item] as number
      // Bits of floats, larger ones first, in the order of unsigned whole numbers.
      this.#keys[sorted] = score > 0 ? ~(bit | 0x80000000) : bit
      this.#items[sorted] = item
      sorted++
      if (score > 0) above++
    }
    for (let shift = 0; shift < 33; shift += 11) this.#sortDigit(sorted, shift)

    const zeroRank = above + (zeros + 1) / 2
    for (let item = 0; item < scores.length; item++) if (scores[item] === 0) ranks[item] = zeroRank
    for (let start = 0; start < sorted; ) {
      let end = start + 1
      while (end < sorted && this.#keys[end] === this.#keys[start]) end++
      const rank = (start + 1 + end) / 2 + (start < above ? 0 : zeros)
      for (let place = start; place < end; place++) ranks[this.#items[place] as number] = rank
      start = end
    }
  }

  #sortDigit(length: number, shift: number): void {
    const [keys, items, otherKeys, otherItems, counts] = [this.#keys, this.#items, this.#otherKeys, this.#otherItems, this.#counts]
    counts.fill(0)
    for (let place = 0; place < length; place++) {
      const digit = ((keys[place] as number) >>> shift) & 2047
      counts[digit] = (counts[digit] as number) + 1
    }
    let sum = 0
    for (let digit = 0; digit < 2048; digit++) {
      const count = counts[digit] as number
      counts[digit] = sum
      sum += count
    }
    for (let place = 0; place < length; place++) {
      const key = keys[place] as number
      const digit = (key >>> shift) & 2047
      const to = counts[digit] as number
      counts[digit] = to + 1
      otherKeys[to] = key
      otherItems[to] = items[place] as number
    }
    this.#keys = otherKeys
    this.#items = otherItems
    this.#otherKeys = keys
    this.#otherItems = items
  }
}
