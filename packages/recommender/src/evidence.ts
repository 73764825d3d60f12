import { als } from './als.js'
import type { EvidenceSource } from './evidence-source.js'
import type { Histories, History } from './histories.js'
import { easeEvidence, neighbourEvidence, transitionEvidence } from './linear-evidence.js'
import { hasClock, popularityEvidence } from './popularity-evidence.js'
import { ItemRanker } from './rank-items.js'
import type { SparseRows } from './sparse-rows.js'
import { textEvidence } from './text-evidence.js'

/** Options of `Evidence.fit`. */
export interface EvidenceOptions {
  /** Items in the matrices of EASE: see `ease`. Default: 12,000. */
  readonly itemLimit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is known about all items for one history. Views of memory that the next history overwrites. */
export interface ItemEvidence {
  /** [scorers, items]: log2 of the rank among what the user has not. What the user has stands last. */
  readonly ranks: Float32Array
  /**
   * [scorers, items]: how far the score is from the mean over what the user has not, in standard deviations z (from -5 to
   * 25), as sign(z) ln(1 + |z|) / 2.
   */
  readonly deviations: Float32Array
  /** [items]: 1 for what the user has. */
  readonly taken: Uint8Array
}

/** Columns of `Evidence.context`. */
export const contextSize = 6

/**
 * Evidence for and against every item of a catalogue, from closed-form scorers over the shop's own data. It knows no more
 * than the histories it was fitted on: for a target to learn from, fit it on what came before (`leaveOneOut`).
 */
export class Evidence {
  /** Names of the scorers, in the order of the evidence. */
  readonly names: readonly string[]
  readonly itemCount: number
  /** Users that it was fitted on. */
  readonly userCount: number
  readonly #sources: readonly EvidenceSource[]
  readonly #texts: SparseRows
  readonly #popularity: Float64Array
  readonly #hasClock: boolean
  readonly #ranker: ItemRanker
  readonly #scores: readonly Float32Array[]
  readonly #found: ItemEvidence

  /**
   * @param train First occurrences only.
   * @param texts One row for each item of the catalogue, of length 1 or 0 (`tfIdf`).
   */
  static async fit(train: Histories, texts: SparseRows, { itemLimit, signal }: EvidenceOptions = {}): Promise<Evidence> {
    const asSource = als(train, { factors: 48, iterations: 8, signal })
    return new Evidence(train, texts, [
      popularityEvidence(train),
      neighbourEvidence(train),
      await easeEvidence('ease', train, { itemLimit, signal }),
      // A text counts √10, so that the products of texts count 10 beside those of users.
      await easeEvidence('ease-text', train, { texts, textWeight: Math.sqrt(10), itemLimit, signal }),
      transitionEvidence(train),
      textEvidence(texts),
      { names: ['als'], score: (history, [row]) => row?.set(asSource.score(history)) },
    ])
  }

  private constructor(train: Histories, texts: SparseRows, sources: readonly EvidenceSource[]) {
    this.names = sources.flatMap(({ names }) => names)
    this.itemCount = train.itemCount
    this.userCount = train.length
    this.#sources = sources
    this.#texts = texts
    this.#popularity = train.popularity()
    this.#hasClock = hasClock(train)
    this.#ranker = new ItemRanker(train.itemCount)
    this.#scores = this.names.map(() => new Float32Array(train.itemCount))
    const size = this.names.length * train.itemCount
    this.#found = { ranks: new Float32Array(size), deviations: new Float32Array(size), taken: new Uint8Array(train.itemCount) }
  }

  /** Evidence about all items for a history. */
  of(history: History): ItemEvidence {
    const { ranks, deviations, taken } = this.#found
    taken.fill(0)
    for (const item of history.items) taken[item] = 1
    for (const scores of this.#scores) scores.fill(0)
    let next = 0
    for (const source of this.#sources) source.score(history, this.#scores.slice(next, (next += source.names.length)))
    this.#scores.forEach((scores, index) => {
      const [start, end] = [index * this.itemCount, (index + 1) * this.itemCount]
      this.#rank(scores, taken, ranks.subarray(start, end))
      standardise(scores, taken, deviations.subarray(start, end))
    })
    return this.#found
  }

  /**
   * What the network is told of a history as a whole, [contextSize]: its length, how much of its end happened at one
   * time, how alike the texts at its end are, how popular its items are; and the sizes of catalogue and shop.
   */
  context({ items, times }: History): Float32Array {
    const length = items.length
    const ends = times.subarray(-6)
    const ties = ends.subarray(1).reduce((count, time, place) => count + (time === ends[place] ? 1 : 0), 0)
    const counts = this.#popularity
    const mean = items.reduce((sum, item) => sum + (counts[item] as number), 0) / Math.max(length, 1)
    const [total, squares] = [counts.reduce((sum, count) => sum + count, 0), counts.reduce((sum, count) => sum + count * count, 0)]
    return Float32Array.of(
      Math.log2(Math.max(length, 1)) / 5,
      this.#hasClock && ends.length > 1 ? ties / (ends.length - 1) : 0,
      this.#coherence(items.subarray(-4)),
      length === 0 ? 0 : (Math.log2(1 + mean) - Math.log2(1 + squares / Math.max(total, 1))) / 5,
      Math.log2(this.itemCount) / 12,
      Math.log2(Math.max(this.userCount, 1)) / 10,
    )
  }

  /** log2 of the ranks. */
  #rank(scores: Float32Array, taken: Uint8Array, ranks: Float32Array): void {
    this.#ranker.rank(scores, taken, ranks)
    for (let item = 0; item < ranks.length; item++) ranks[item] = Math.log2(taken[item] === 1 ? ranks.length : (ranks[item] as number))
  }

  /** Mean cosine of the last item's text with those before it. */
  #coherence(items: Int32Array): number {
    const last = items.at(-1)
    if (last === undefined || items.length < 2) return 0
    const { starts, columns, values } = this.#texts
    const terms = new Map<number, number>()
    for (let k = starts[last] as number; k < (starts[last + 1] as number); k++) terms.set(columns[k] as number, values[k] as number)
    let sum = 0
    for (const item of items.subarray(0, -1)) {
      for (let k = starts[item] as number; k < (starts[item + 1] as number); k++) sum += (terms.get(columns[k] as number) ?? 0) * (values[k] as number)
    }
    return sum / (items.length - 1)
  }
}

function standardise(scores: Float32Array, taken: Uint8Array, deviations: Float32Array): void {
  let [count, sum, squares] = [0, 0, 0]
  for (let item = 0; item < scores.length; item++) {
    if (taken[item] === 1) continue
    count++
    sum += scores[item] as number
  }
  const mean = sum / count
  for (let item = 0; item < scores.length; item++) if (taken[item] === 0) squares += ((scores[item] as number) - mean) ** 2
  const deviation = Math.sqrt(Math.max(squares / count, 1e-12)) + 1e-6
  for (let item = 0; item < scores.length; item++) {
    const z = Math.min(25, Math.max(-5, ((scores[item] as number) - mean) / deviation))
    deviations[item] = taken[item] === 1 ? 0 : (Math.sign(z) * Math.log1p(Math.abs(z))) / 2
  }
}
