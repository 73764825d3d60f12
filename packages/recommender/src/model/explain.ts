import type { History } from '../shop/histories.js'
import type { Recommender } from '../contract/recommend.js'

/** An item of the history that carried a recommendation. */
export interface Carrier {
  /** Number of the item of the history. */
  readonly item: number
  /** How much lower the recommended item scores when this one is taken out of the history. */
  readonly drop: number
  /** Which place the recommended item has then, from 1 on. */
  readonly place: number
}

/** Milliseconds for which it holds the thread. */
const longestTurn = 50

/** Options of `explain`. */
export interface ExplainOptions {
  /** Items of the history for each recommendation, at most. Default: 3. */
  readonly most?: number | undefined
  /** By what a list is ordered whose history scores like this, where that is not the scores. Default: the scores. */
  readonly order?: ((history: History, scores: Float32Array) => Float32Array | Promise<Float32Array>) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Why items are recommended: each item of the history is taken out in turn and all are scored again, so that what is said
 * to have carried a recommendation is seen to do so (the counterfactual explanations of Ghazimatin et al., "PRINCE:
 * Provider-side interpretability with counterfactual explanations in recommender systems", 2020, for one item at a time).
 * @param items Numbers of the recommended items.
 * @param candidates What can be recommended, [items of the catalog]; 1 or 0.
 * @returns For each of the items, at most `most` of the history's by how much the score drops; none where it does not.
 */
export async function explain(
  recommender: Recommender,
  history: History,
  items: readonly number[],
  candidates: Uint8Array,
  { most = 3, order = (_, scores) => scores, signal }: ExplainOptions = {},
): Promise<Carrier[][]> {
  const whole = await recommender.score(history)
  const carriers: Carrier[][] = items.map(() => [])
  let since = performance.now()
  for (const taken of new Set(history.items)) {
    // Others, and what ends this, have their turn.
    if (performance.now() - since > longestTurn) {
      await new Promise((resolve) => setTimeout(resolve))
      since = performance.now()
    }
    signal?.throwIfAborted()
    const rest = without(history, taken)
    const scores = await recommender.score(rest)
    const ordered = await order(rest, scores)
    items.forEach((item, index) => {
      const drop = (whole[item] as number) - (scores[item] as number)
      if (drop > 0) carriers[index]?.push({ item: taken, drop, place: placeOf(item, ordered, candidates) })
    })
  }
  return carriers.map((found) => found.sort((a, b) => b.drop - a.drop).slice(0, most))
}

function without({ items, times }: History, taken: number): History {
  const stays = (_: number, place: number): boolean => items[place] !== taken
  return { items: items.filter(stays), times: times.filter(stays) }
}

/** The place in a list, where of equal scores the item that comes first in the catalog stands first. */
function placeOf(item: number, scores: Float32Array, candidates: Uint8Array): number {
  const score = scores[item] as number
  let place = 1
  scores.forEach((other, rival) => {
    if ((other > score || (other === score && rival < item)) && candidates[rival] === 1) place++
  })
  return place
}
