import type { Histories } from '../shop/histories.js'
import { historyWeights, type Scorer } from '../contract/scorer.js'
import { numberIn, rowsIn, type ScorerState } from '../contract/scorer-state.js'

/** Of models that do not say it, as well. */
const usualShrinkage = 5

/** Options of `repeats`. */
export interface RepeatsOptions {
  /** What an interaction counts beside the one after it. Default: 0.9. */
  readonly decay?: number | undefined
  /** Takers of an item that its share of repeaters is drawn towards the mean of all items by. Default: 5. */
  readonly shrinkage?: number | undefined
}

/**
 * What a user took before and may take again: how often and how lately (the recency of Anderson et al., "The dynamics of
 * repeat consumption", 2014, and the personal frequency of Hu et al., "Modeling personalized item frequency information for
 * next-basket recommendation", 2020), times the share of the item's takers who came back for it.
 * @param train With repeats (`positives` with `repeats: true`), and so are the histories that are scored.
 */
export function repeats(train: Histories, { decay = 0.9, shrinkage = usualShrinkage }: RepeatsOptions = {}): Scorer {
  const { itemCount } = train
  const [takers, repeaters] = [new Float64Array(itemCount), new Float64Array(itemCount)]
  for (let user = 0; user < train.length; user++) {
    const times = new Map<number, number>()
    for (const item of train.at(user).items) times.set(item, (times.get(item) ?? 0) + 1)
    for (const [item, count] of times) {
      takers[item] = (takers[item] as number) + 1
      if (count > 1) repeaters[item] = (repeaters[item] as number) + 1
    }
  }
  const sum = (numbers: Float64Array): number => numbers.reduce((total, number) => total + number, 0)
  const mean = sum(repeaters) / Math.max(sum(takers), 1)
  const share = takers.map((count, item) => ((repeaters[item] as number) + shrinkage * mean) / (count + shrinkage))
  return repeatScorer(share, decay, shrinkage)
}

/** @param share Of the takers of each item that came back for it, [items]. */
function repeatScorer(share: Float64Array, decay: number, shrinkage: number): Scorer {
  return {
    name: 'repeats',
    score(history) {
      const scores = new Float32Array(share.length)
      const weights = historyWeights(history, decay)
      history.items.forEach((item, place) => {
        scores[item] = (scores[item] as number) + (weights[place] as number) * (share[item] as number)
      })
      return scores
    },
    update: ({ now }) => repeats(now, { decay, shrinkage }),
    state: () => ({ kind: 'repeats', config: { decay, shrinkage }, arrays: { share } }),
  }
}

export function loadRepeats(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  const shrinkage = state.config['shrinkage'] === undefined ? usualShrinkage : numberIn(state, 'shrinkage')
  return repeatScorer(rowsIn(state, 'share', Float64Array, items), numberIn(state, 'decay'), shrinkage)
}
