import { float32, type Tensors } from '@headstart/onnx'
import { inputs, qualitySize } from './behaviour-network.js'
import { contextSize, deviationAt, type Evidence } from './evidence.js'
import type { History } from './histories.js'
import { liftAt, type RankLift } from './rank-lift.js'
import type { Case } from './split-histories.js'

/**
 * Evidence that is comparable between shops: ranks as lifts, measured on each user's last interaction by scorers that did
 * not know of it.
 */
export class CalibratedEvidence {
  constructor(
    readonly evidence: Evidence,
    readonly lift: RankLift,
  ) {}

  /** Input of the network for one history and all items, [1, ...] each. Those that the user has are among them. */
  inputOf(history: History): Tensors {
    const { evidence, lift } = this
    const [scorers, items] = [evidence.names.length, evidence.itemCount]
    const found = evidence.of(history)
    const lifts = new Float32Array(scorers * items)
    const deviations = new Float32Array(scorers * items)
    const best = new Float32Array(scorers)
    for (let scorer = 0; scorer < scorers; scorer++) {
      let most = -Infinity
      for (let item = 0; item < items; item++) {
        const value = liftAt(lift, scorer, found.ranks[scorer * items + item] as number)
        lifts[scorer * items + item] = value
        deviations[scorer * items + item] = deviationAt(found, scorer, item)
        if (value > most && found.taken[item] === 0) most = value
      }
      best[scorer] = most
    }
    return {
      [inputs.lifts]: float32([1, scorers, items], lifts),
      [inputs.deviations]: float32([1, scorers, items], deviations),
      [inputs.quality]: float32([1, scorers, qualitySize], qualityOf(lift, best)),
      [inputs.context]: float32([1, contextSize], evidence.context(history)),
    }
  }
}

/** Where each scorer puts the targets of cases that it does not know of: of each case the rank by each scorer. */
export function targetRanks(evidence: Evidence, cases: readonly Case[]): Float64Array[] {
  const { names, itemCount } = evidence
  return cases.map(({ history, target }) => {
    const { ranks } = evidence.of(history)
    return Float64Array.from(names, (_, scorer) => ranks[scorer * itemCount + target] as number)
  })
}

/**
 * How good each scorer is, [scorers, 6]: the logarithm of its NDCG@10, the same less the best scorer's, and less the mean;
 * the logarithm of its hits among 100, and less the best; and its highest lift for this history.
 */
export function qualityOf({ quality }: RankLift, highestLifts: ArrayLike<number>): Float32Array {
  const scorers = highestLifts.length
  const [ndcg, hits] = [0.002, 0.01].map((offset, column) =>
    Float64Array.from({ length: scorers }, (_, scorer) => Math.log2((quality[scorer * 2 + column] as number) + offset) / 5),
  ) as [Float64Array, Float64Array]
  const [bestNdcg, bestHits] = [Math.max(...ndcg), Math.max(...hits)]
  const mean = ndcg.reduce((sum, value) => sum + value, 0) / scorers
  const table = new Float32Array(scorers * qualitySize)
  for (let scorer = 0; scorer < scorers; scorer++) {
    const [one, hit] = [ndcg[scorer] as number, hits[scorer] as number]
    table.set([one, one - bestNdcg, one - mean, hit, hit - bestHits, highestLifts[scorer] as number], scorer * qualitySize)
  }
  return table
}
