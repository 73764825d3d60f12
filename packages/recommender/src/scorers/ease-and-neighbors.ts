import { DataError } from '@headstart/core/load'
import { easeInverse, type EaseOptions, easeScorer } from './ease.js'
import type { Histories } from '../shop/histories.js'
import { itemKnn } from './item-knn.js'
import type { Scorer } from '../contract/scorer.js'
import { itemsIn, type ScorerState } from '../contract/scorer-state.js'
import { updated } from './updated.js'

/** Kind of the state of EASE with neighbors, spelled as models that are saved have it. */
export const easeNeighbors = 'ease-neighbours'

/**
 * EASE for catalogs of any size. Up to `itemLimit` items it is `ease`; above, EASE of the items that most users took, and for
 * the others item-based neighborhoods (`itemKnn`), which take no more memory than there are neighbors. Their scores are brought
 * to the scale of EASE by the items that both score for the history.
 * @throws OptionError as `ease`.
 */
export async function easeAndNeighbors(
  train: Histories,
  { onNotice, ...options }: Omit<EaseOptions, 'texts' | 'decay'> = {},
): Promise<Scorer> {
  const inverse = await easeInverse(train, options)
  const { known } = inverse
  const scorer = easeScorer('ease', inverse, train.itemCount, 1)
  const taken = train.popularity().reduce((count, takers) => count + (takers > 0 ? 1 : 0), 0)
  if (known.length >= taken) return scorer
  onNotice?.(`ease: of ${taken} items it takes the ${known.length} that most users took; item-knn scores the others.`)
  // How much of a history counts was decided when it was read.
  return joined(scorer, itemKnn(train, { neighbors: 200, longestHistory: Infinity }), known)
}

/** @param known Numbers of the items that `ease` knows. */
function joined(ease: Scorer, neighbors: Scorer, known: Int32Array): Scorer {
  return {
    name: 'ease',
    score(history) {
      const scores = ease.score(history)
      const others = neighbors.score(history)
      let [sum, beside] = [0, 0]
      for (const item of known) {
        if ((others[item] as number) === 0) continue
        sum += scores[item] as number
        beside += others[item] as number
      }
      const scale = beside > 0 ? Math.max(sum, 0) / beside : 1
      for (let item = 0; item < others.length; item++) others[item] = (others[item] as number) * scale
      for (const item of known) others[item] = scores[item] as number
      return others
    },
    update: (growth) => joined(updated(ease, growth), updated(neighbors, growth), known),
    state: () => ({
      kind: easeNeighbors,
      config: {},
      arrays: { known },
      parts: [ease.state?.(), neighbors.state?.()].filter((part) => part !== undefined),
    }),
  }
}

/** @param parts The scorers of the state's parts. */
export function loadEaseNeighbors(state: ScorerState, [ease, neighbors]: readonly Scorer[], items: number): Scorer {
  if (!ease || !neighbors)
    throw new DataError(
      `saved scorer "${easeNeighbors}"`,
      'two parts',
      `${state.parts?.length ?? 0}`,
      'Train the model again.',
    )
  return joined(ease, neighbors, itemsIn(state, 'known', items))
}
