import { DataError } from '@headstart/core/load'
import { exclude, type Recommender } from '../contract/recommend.js'
import type { ListOptions } from '../contract/recommendation.js'
import type { Case, Split } from '../shop/split-histories.js'
import { largest } from '../math/top-k.js'

/** Options of `rankCases`. */
export interface RankOptions extends ListOptions {
  readonly signal?: AbortSignal | undefined
}

/** What became of each case, [cases] each. */
export interface Ranks {
  readonly k: number
  /** 1 where the target is in the list; its share of the ties where it is one of several with equal scores. */
  readonly hitRate: Float64Array
  readonly ndcg: Float64Array
  readonly reciprocalRank: Float64Array
  /** The items of the list, best first. */
  readonly lists: readonly (readonly number[])[]
}

/**
 * Has a recommender rank the whole catalog for each case; what the user has already is left out. With one target, NDCG@k
 * is 1 / log2(1 + rank) for ranks up to k. A target among items of equal scores gets the mean over the places they share
 * (McSherry and Najork, "Computing information retrieval performance measures efficiently in the presence of tied
 * scores", 2008): no order of the file can help or harm.
 */
export async function rankCases(
  recommender: Recommender,
  cases: readonly Case[],
  { k = 10, signal, ...options }: RankOptions = {},
): Promise<Ranks> {
  const ranks = {
    k,
    hitRate: new Float64Array(cases.length),
    ndcg: new Float64Array(cases.length),
    reciprocalRank: new Float64Array(cases.length),
    lists: [] as number[][],
  }
  for (const [index, { history, target }] of cases.entries()) {
    signal?.throwIfAborted()
    const answer = recommender.score(history)
    const scores = ArrayBuffer.isView(answer) ? answer : await answer
    const score = scores[target] as number
    exclude(scores, history, options)
    let [above, equal] = [0, 0]
    for (const other of scores) {
      if (other > score) above++
      else if (other === score) equal++
    }
    // The target is one of the equal ones.
    const shared = Math.max(equal, 1)
    for (let rank = above + 1; rank <= above + shared; rank++) {
      add(ranks.reciprocalRank, index, 1 / rank / shared)
      if (rank > k) continue
      add(ranks.hitRate, index, 1 / shared)
      add(ranks.ndcg, index, 1 / Math.log2(1 + rank) / shared)
    }
    ranks.lists.push(largest(scores, k))
  }
  return ranks
}

function add(values: Float64Array, index: number, value: number): void {
  values[index] = (values[index] as number) + value
}

/** Mean NDCG@k over the cases of a split: the figure by which settings are chosen. */
export async function meanNdcg(recommender: Recommender, { cases }: Split, options?: RankOptions): Promise<number> {
  if (cases.length === 0)
    throw new DataError('meanNdcg', 'cases to ask for', 'none', 'It takes users with enough interactions.')
  const { ndcg } = await rankCases(recommender, cases, options)
  return ndcg.reduce((sum, value) => sum + value, 0) / cases.length
}
