import type { EaseInverse } from '../scorers/ease.js'
import type { FeatureSource } from './feature-source.js'
import type { History } from '../shop/histories.js'
import { easeFeatures, neighborFeatures, transitionFeatures } from './linear-features.js'
import { type PopularityCounts, popularityFeatures } from './popularity-features.js'
import { ItemRanker, type Ranking, ScoredItems } from '../math/rank-items.js'
import type { Recommender } from '../contract/recommend.js'
import type { Scorer } from '../contract/scorer.js'
import type { SparseRows } from '../math/sparse-rows.js'
import { textFeatures } from './text-features.js'

/** What is known about all items for one history, in memory that the next history overwrites. */
export interface HistoryFeatures {
  /** `[scorers]` of `[items]`. */
  readonly scores: readonly Float32Array[]
  /** `[scorers]`: what the user has not in the order of each scorer, with mean and standard deviation of its scores. */
  readonly rankings: readonly Ranking[]
  /** What the user has, each item once. */
  readonly had: readonly number[]
  /** `[items]`: 1 for what the user has. */
  readonly taken: Uint8Array
}

/**
 * How far the score of an item is from the mean over what the user has not, in standard deviations z (from -5 to 25), as
 * sign(z) ln(1 + |z|) / 2.
 */
export function deviationAt({ scores, rankings }: HistoryFeatures, scorer: number, item: number): number {
  return deviationOf(rankings[scorer] as Ranking, scores[scorer]?.[item] ?? 0)
}

/** The same of a score. */
export function deviationOf({ mean, spread }: Ranking, score: number): number {
  const z = (score - mean) / spread
  return z < 0 ? -Math.log(1 + Math.min(-z, 5)) / 2 : Math.log(1 + Math.min(z, 25)) / 2
}

/** The rank of an item, 1 the best. What the user has stands last. */
export function rankAt({ scores, rankings, taken }: HistoryFeatures, scorer: number, item: number): number {
  const { items, ranks, zeroRank } = rankings[scorer] as Ranking
  if (taken[item] === 1) return taken.length
  return scores[scorer]?.[item] === 0 ? zeroRank : (ranks[items.indexOf(item)] as number)
}

/** The ranks of all items, [scorers, items], as `rankAt` gives them one by one. */
export function allRanks({ rankings, had, taken }: HistoryFeatures): Float32Array {
  const all = new Float32Array(rankings.length * taken.length)
  rankings.forEach(({ items, ranks, zeroRank }, scorer) => {
    const mine = all.subarray(scorer * taken.length, (scorer + 1) * taken.length).fill(zeroRank)
    for (let place = 0; place < items.length; place++) mine[items[place] as number] = ranks[place] as number
    for (const item of had) mine[item] = taken.length
  })
  return all
}

/** Columns of `ItemFeatures.context`. */
export const contextSize = 6

/** What features is computed from, fitted to a shop's histories. */
export interface ItemFeaturesParts {
  readonly itemCount: number
  /** Users that it was fitted on. */
  readonly userCount: number
  /** Mean popularity of the item of an interaction. */
  readonly usualPopularity: number
  readonly popularity: PopularityCounts
  readonly neighbors: SparseRows
  readonly ease: EaseInverse
  readonly easeText: EaseInverse
  readonly follows: SparseRows
  readonly texts: SparseRows
  readonly als: Scorer
  readonly sequence?: Recommender | undefined
  /** How many items `als` and `sequence` were fitted to, where others came since. Default: all. */
  readonly fittedItems?: number | undefined
}

/** What is known of the scores' items, and the lowest of them for all others: nothing is known of these. */
function setAll(row: Float32Array, scores: Float32Array): void {
  if (scores.length < row.length) row.fill(scores.reduce((least, score) => Math.min(least, score), Infinity))
  row.set(scores)
}

/** A history without the items that came after so many. */
function fittedPart(history: History, items: number): History {
  if (history.items.every((item) => item < items)) return history
  const isKnown = (_: number, place: number): boolean => (history.items[place] as number) < items
  return { items: history.items.filter(isKnown), times: history.times.filter(isKnown) }
}

/**
 * ItemFeatures for and against every item of a catalog, from closed-form scorers over the shop's own data. It knows no more
 * than the histories it was fitted on: for a target to learn from, fit it on what came before (`leaveOneOut`).
 */
export class ItemFeatures {
  /** Names of the scorers, in the order of the features. */
  readonly names: readonly string[]
  readonly parts: ItemFeaturesParts
  readonly #sources: readonly FeatureSource[]
  readonly #rankers: readonly ItemRanker[]
  readonly #scores: readonly Float32Array[]
  readonly #taken: Uint8Array

  constructor(parts: ItemFeaturesParts) {
    const { itemCount, als: factors, sequence, fittedItems = itemCount } = parts
    const earlier = (history: History): History => fittedPart(history, fittedItems)
    this.parts = parts
    this.#sources = [
      popularityFeatures(parts.popularity),
      neighborFeatures(parts.neighbors),
      easeFeatures('ease', parts.ease, itemCount),
      easeFeatures('ease-text', parts.easeText, itemCount),
      transitionFeatures(parts.follows),
      textFeatures(parts.texts),
      { names: ['als'], score: (history, [row]) => row?.set(factors.score(earlier(history))) },
      ...(sequence
        ? [
            {
              names: ['sequence'],
              score: async (history: History, [row]: readonly Float32Array[]) =>
                row && setAll(row, await sequence.score(earlier(history))),
            },
          ]
        : []),
    ]
    this.names = this.#sources.flatMap(({ names }) => names)
    const between = new ScoredItems(itemCount)
    this.#rankers = this.#sources.flatMap(({ names, constant = 0 }) =>
      names.map((_, place) => new ItemRanker(itemCount, place < constant, between)),
    )
    this.#scores = this.names.map(() => new Float32Array(itemCount))
    this.#taken = new Uint8Array(itemCount)
  }

  get itemCount(): number {
    return this.parts.itemCount
  }

  /** ItemFeatures about all items for a history. Ask for the next one when this is there. */
  async of(history: History): Promise<HistoryFeatures> {
    const [scores, taken, had] = [this.#scores, this.#taken.fill(0), [...new Set(history.items)]]
    for (const item of had) taken[item] = 1
    const left = this.itemCount - had.length
    for (const row of scores) row.fill(0)
    let next = 0
    for (const { names, score } of this.#sources) await score(history, scores.slice(next, (next += names.length)))
    return {
      scores,
      had,
      taken,
      rankings: this.#rankers.map((ranker, scorer) => ranker.rank(scores[scorer] as Float32Array, taken, left)),
    }
  }

  /**
   * What the network is told of a history as a whole, [contextSize]: its length, how much of its end happened at one
   * time, how alike the texts at its end are, how popular its items are; and the sizes of catalog and shop.
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
    for (let k = starts[last] as number; k < (starts[last + 1] as number); k++)
      terms.set(columns[k] as number, values[k] as number)
    let sum = 0
    for (const item of items.subarray(0, -1)) {
      for (let k = starts[item] as number; k < (starts[item + 1] as number); k++)
        sum += (terms.get(columns[k] as number) ?? 0) * (values[k] as number)
    }
    return sum / (items.length - 1)
  }
}
