import type { Recommender } from '../contract/recommend.js'

/** How much of its own spread a score loses for each standard deviation that an item is above the mean for what is disliked. */
export const usualDislikeWeight = 0.5

/**
 * Makes dislikes count against what is like them: whatever would be recommended to somebody who took the disliked items, which
 * is where it scores above the mean for them, scores lower, by half a standard deviation for each standard deviation
 * (the negative feedback of Rocchio, "Relevance feedback in information retrieval", 1971, on scores).
 * @param disliked Numbers of the items.
 * @param by Says what is like them. Default: the recommender.
 * @param weight How many standard deviations instead of half of one.
 */
export function against(
  recommender: Recommender,
  disliked: Int32Array,
  by: Recommender = recommender,
  weight = usualDislikeWeight,
): Recommender {
  const history = { items: disliked, times: Float64Array.from(disliked.keys()) }
  return {
    name: recommender.name,
    async score(asked) {
      const scores = (await recommender.score(asked)).slice()
      const alike = await by.score(history)
      const [own, others] = [spreadOf(scores), spreadOf(alike)]
      if (others.deviation === 0) return scores
      return scores.map((score, item) => {
        const above = ((alike[item] as number) - others.mean) / others.deviation
        return above > 0 ? score - weight * own.deviation * above : score
      })
    },
  }
}

function spreadOf(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) }
}
