import { float32, type Session } from '@headstart/onnx'
import { gateOutputs, inputs, qualitySize } from './behavior-network.js'
import { contextSize, deviationOf, type ItemFeatures, type HistoryFeatures, rankAt } from './item-features.js'
import type { History } from '../shop/histories.js'
import type { Ranking } from '../math/rank-items.js'
import { liftAt, type RankLift } from './rank-lift.js'
import type { Case } from '../shop/split-histories.js'

/** Runs a network's gate, `gateNetwork`. */
type Gate = Pick<Session, 'run'>

/**
 * ItemFeatures that is comparable between shops: ranks as lifts, measured on each user's last interaction by scorers that did
 * not know of it.
 */
export class CalibratedFeatures {
  /** Ends with the scores of the history before: what is known of it is overwritten by the next. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    readonly features: ItemFeatures,
    readonly lift: RankLift,
  ) {}

  /**
   * Scores of all items for one history by a network over this features, [items]; what the user has is among them. A scorer
   * says the same of most items: the work is in those of which it says something else.
   * @param gate What each scorer counts for a user (`gateNetwork`).
   */
  scores(history: History, gate: Gate): Promise<Float32Array> {
    const scores = this.#last.then(() => this.#scores(history, gate))
    this.#last = scores.catch(() => {})
    return scores
  }

  async #scores(history: History, gate: Gate): Promise<Float32Array> {
    const { features, lift } = this
    const scorers = features.names.length
    const found = await features.of(history)
    const quality = qualityOf(
      lift,
      found.rankings.map((ranking, scorer) => highestLift(lift, scorer, ranking)),
    )
    const { [gateOutputs.counts]: counts, [gateOutputs.signed]: signed } = await gate.run({
      [inputs.quality]: float32([1, scorers, qualitySize], quality),
      [inputs.context]: float32([1, contextSize], features.context(history)),
    })
    const scores = new Float32Array(features.itemCount)
    let usual = 0
    for (let scorer = 0; scorer < scorers; scorer++) {
      usual += addContributions(
        scores,
        found,
        lift,
        scorer,
        counts?.data[scorer] as number,
        signed?.data[scorer] as number,
      )
    }
    for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] as number) + usual
    return scores
  }
}

/** The highest lift of what the user has not. */
function highestLift(lift: RankLift, scorer: number, { ranks, hasZeros, zeroRank }: Ranking): number {
  let highest = hasZeros ? liftAt(lift, scorer, zeroRank) : -Infinity
  let last = 0
  for (let place = 0; place < ranks.length; place++) {
    const rank = ranks[place] as number
    if (rank === last) continue
    last = rank
    const own = liftAt(lift, scorer, rank)
    if (own > highest) highest = own
  }
  return highest
}

/**
 * Adds count · lift + signed · deviation of each item, less what most items get from the scorer, those of score 0.
 * @returns What most items get.
 */
function addContributions(
  target: Float32Array,
  found: HistoryFeatures,
  lift: RankLift,
  scorer: number,
  count: number,
  signed: number,
): number {
  const ranking = found.rankings[scorer] as Ranking
  const { items, scores, ranks, zeroRank } = ranking
  const usual = count * liftAt(lift, scorer, zeroRank) + signed * deviationOf(ranking, 0)
  let [last, more] = [0, 0]
  for (let place = 0; place < items.length; place++) {
    const item = items[place] as number
    const rank = ranks[place] as number
    // Items of equal scores stand together, and get the same.
    if (rank !== last)
      more = count * liftAt(lift, scorer, rank) + signed * deviationOf(ranking, scores[place] as number) - usual
    last = rank
    target[item] = (target[item] as number) + more
  }
  for (const item of found.had) {
    const own =
      count * liftAt(lift, scorer, target.length) +
      signed * deviationOf(ranking, found.scores[scorer]?.[item] as number)
    target[item] = (target[item] as number) + own - usual
  }
  return usual
}

/** Where each scorer puts the targets of cases that it does not know of: of each case the rank by each scorer. */
export async function targetRanks(features: ItemFeatures, cases: readonly Case[]): Promise<Float64Array[]> {
  const ranks: Float64Array[] = []
  for (const { history, target } of cases) {
    const found = await features.of(history)
    ranks.push(Float64Array.from(features.names, (_, scorer) => rankAt(found, scorer, target)))
  }
  return ranks
}

/**
 * How good each scorer is, [scorers, 6]: the logarithm of its NDCG@10, the same less the best scorer's, and less the mean;
 * the logarithm of its hits among 100, and less the best; and its highest lift for this history.
 */
export function qualityOf({ quality }: RankLift, highestLifts: ArrayLike<number>): Float32Array {
  const scorers = highestLifts.length
  const [ndcg, hits] = [0.002, 0.01].map((offset, column) =>
    Float64Array.from(
      { length: scorers },
      (_, scorer) => Math.log2((quality[scorer * 2 + column] as number) + offset) / 5,
    ),
  ) as [Float64Array, Float64Array]
  const [bestNdcg, bestHits] = [Math.max(...ndcg), Math.max(...hits)]
  const mean = ndcg.reduce((sum, value) => sum + value, 0) / scorers
  const table = new Float32Array(scorers * qualitySize)
  for (let scorer = 0; scorer < scorers; scorer++) {
    const [one, hit] = [ndcg[scorer] as number, hits[scorer] as number]
    table.set(
      [one, one - bestNdcg, one - mean, hit, hit - bestHits, highestLifts[scorer] as number],
      scorer * qualitySize,
    )
  }
  return table
}
