import { als } from './als.js'
import { type EaseInverse, easeInverse } from './ease.js'
import type { EvidenceSource } from './evidence-source.js'
import type { Histories, History } from './histories.js'
import { easeEvidence, neighbourEvidence, neighbourLinks, transitionEvidence, transitionLinks } from './linear-evidence.js'
import { type PopularityCounts, popularityCounts, popularityEvidence } from './popularity-evidence.js'
import { ItemRanker } from './rank-items.js'
import type { Scorer } from './scorer.js'
import type { SparseRows } from './sparse-rows.js'
import { textEvidence } from './text-evidence.js'

/** Options of `Evidence.fit`. */
export interface EvidenceOptions {
  /** Items in the matrices of EASE: see `ease`. Default: 6000, which takes seconds. */
  readonly itemLimit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is known about all items for one history. Views of memory that the next history overwrites. */
export interface ItemEvidence {
  /** [scorers, items]: rank among what the user has not, 1 the best. What the user has stands last. */
  readonly ranks: Float32Array
  /** [scorers] of [items] */
  readonly scores: readonly Float32Array[]
  /** [scorers]: mean and standard deviation of the scores over what the user has not. */
  readonly means: Float64Array
  readonly spreads: Float64Array
  /** [items]: 1 for what the user has. */
  readonly taken: Uint8Array
}

/**
 * How far the score of an item is from the mean over what the user has not, in standard deviations z (from -5 to 25), as
 * sign(z) ln(1 + |z|) / 2.
 */
export function deviationAt({ scores, means, spreads }: ItemEvidence, scorer: number, item: number): number {
  const z = ((scores[scorer]?.[item] ?? 0) - (means[scorer] as number)) / (spreads[scorer] as number)
  return z < 0 ? -Math.log1p(Math.min(-z, 5)) / 2 : Math.log1p(Math.min(z, 25)) / 2
}

/** Columns of `Evidence.context`. */
export const contextSize = 6

/** What evidence is computed from, fitted to a shop's histories. */
export interface EvidenceParts {
  readonly itemCount: number
  /** Users that it was fitted on. */
  readonly userCount: number
  /** Mean popularity of the item of an interaction. */
  readonly usualPopularity: number
  readonly popularity: PopularityCounts
  readonly neighbours: SparseRows
  readonly ease: EaseInverse
  readonly easeText: EaseInverse
  readonly follows: SparseRows
  readonly texts: SparseRows
  readonly als: Scorer
}

/**
 * Evidence for and against every item of a catalogue, from closed-form scorers over the shop's own data. It knows no more
 * than the histories it was fitted on: for a target to learn from, fit it on what came before (`leaveOneOut`).
 */
export class Evidence {
  /** Names of the scorers, in the order of the evidence. */
  readonly names: readonly string[]
  readonly parts: EvidenceParts
  readonly #sources: readonly EvidenceSource[]
  readonly #ranker: ItemRanker
  readonly #found: ItemEvidence

  /**
   * @param train First occurrences only.
   * @param texts One row for each item of the catalogue, of length 1 or 0 (`tfIdf`).
   */
  static async fit(train: Histories, texts: SparseRows, { itemLimit = 6000, signal }: EvidenceOptions = {}): Promise<Evidence> {
    const counts = train.popularity()
    return new Evidence({
      itemCount: train.itemCount,
      userCount: train.length,
      usualPopularity: counts.reduce((sum, count) => sum + count * count, 0) / Math.max(train.items.length, 1),
      popularity: popularityCounts(train),
      neighbours: neighbourLinks(train),
      ease: await easeInverse(train, { itemLimit, signal }),
      // A text counts √10, so that the products of texts count 10 beside those of users.
      easeText: await easeInverse(train, { texts, textWeight: Math.sqrt(10), itemLimit, signal }),
      follows: transitionLinks(train),
      texts,
      als: als(train, { factors: 32, iterations: 6, signal }),
    })
  }

  constructor(parts: EvidenceParts) {
    const { itemCount, als: factors } = parts
    this.parts = parts
    this.#sources = [
      popularityEvidence(parts.popularity),
      neighbourEvidence(parts.neighbours),
      easeEvidence('ease', parts.ease, itemCount),
      easeEvidence('ease-text', parts.easeText, itemCount),
      transitionEvidence(parts.follows),
      textEvidence(parts.texts),
      { names: ['als'], score: (history, [row]) => row?.set(factors.score(history)) },
    ]
    this.names = this.#sources.flatMap(({ names }) => names)
    this.#ranker = new ItemRanker(itemCount)
    const scorers = this.names.length
    this.#found = {
      ranks: new Float32Array(scorers * itemCount),
      scores: this.names.map(() => new Float32Array(itemCount)),
      means: new Float64Array(scorers),
      spreads: new Float64Array(scorers),
      taken: new Uint8Array(itemCount),
    }
  }

  get itemCount(): number {
    return this.parts.itemCount
  }

  /** Evidence about all items for a history. */
  of(history: History): ItemEvidence {
    const { ranks, scores, means, spreads, taken } = this.#found
    taken.fill(0)
    for (const item of history.items) taken[item] = 1
    for (const row of scores) row.fill(0)
    let next = 0
    for (const source of this.#sources) source.score(history, scores.slice(next, (next += source.names.length)))
    scores.forEach((row, scorer) => {
      const mine = ranks.subarray(scorer * this.itemCount, (scorer + 1) * this.itemCount)
      this.#ranker.rank(row, taken, mine)
      for (const item of history.items) mine[item] = this.itemCount
      ;[means[scorer], spreads[scorer]] = momentsOf(row, taken)
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
    const { popularity, usualPopularity, itemCount, userCount } = this.parts
    const mean = items.reduce((sum, item) => sum + Math.expm1(popularity.ever[item] as number), 0) / Math.max(length, 1)
    return Float32Array.of(
      Math.log2(Math.max(length, 1)) / 5,
      popularity.hasClock && ends.length > 1 ? ties / (ends.length - 1) : 0,
      this.#coherence(items.subarray(-4)),
      length === 0 ? 0 : (Math.log2(1 + mean) - Math.log2(1 + usualPopularity)) / 5,
      Math.log2(itemCount) / 12,
      Math.log2(Math.max(userCount, 1)) / 10,
    )
  }

  /** Mean cosine of the last item's text with those before it. */
  #coherence(items: Int32Array): number {
    const last = items.at(-1)
    if (last === undefined || items.length < 2) return 0
    const { starts, columns, values } = this.parts.texts
    const terms = new Map<number, number>()
    for (let k = starts[last] as number; k < (starts[last + 1] as number); k++) terms.set(columns[k] as number, values[k] as number)
    let sum = 0
    for (const item of items.subarray(0, -1)) {
      for (let k = starts[item] as number; k < (starts[item + 1] as number); k++) sum += (terms.get(columns[k] as number) ?? 0) * (values[k] as number)
    }
    return sum / (items.length - 1)
  }
}

/** Mean and standard deviation over what is not taken. */
function momentsOf(scores: Float32Array, taken: Uint8Array): [mean: number, deviation: number] {
  let [count, sum, squares] = [0, 0, 0]
  for (let item = 0; item < scores.length; item++) {
    if (taken[item] === 1) continue
    const score = scores[item] as number
    count++
    sum += score
    squares += score * score
  }
  const mean = sum / Math.max(count, 1)
  return [mean, Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 1e-12)) + 1e-6]
}
