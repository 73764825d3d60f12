import { DataError } from '@headstart/core/load'
import type { Recommender } from '../contract/recommend.js'
import type { Scorer } from '../contract/scorer.js'
import { numberIn, type ScorerState } from '../contract/scorer-state.js'
import { distinct } from '../shop/histories.js'
import { standardized } from './blend.js'
import { updated, updatedRecommender } from './updated.js'

/** Kind of the state of a recommender of what is taken again. */
export const repeatTaking = 'repeat-taking'

/**
 * What is new to a user as one recommender scores it, and what the user has as another does, both standardized for the user.
 * @param once Knows histories with each item once.
 */
export function repeatTaker(once: Recommender, again: Scorer, weight: number): Recommender {
  return {
    name: once.name,
    async score(history) {
      const scores = standardized(await once.score(distinct(history)), 1)
      const more = standardized(again.score(history), weight)
      for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] as number) + (more[item] as number)
      return scores
    },
    close: async () => once.close?.(),
    update: async (growth) =>
      repeatTaker(await updatedRecommender(once, growth.distinct()), updated(again, growth), weight),
    ...(once.state && {
      state: () => ({
        kind: repeatTaking,
        config: { weight },
        parts: [once.state?.(), again.state?.()].filter((part) => part !== undefined),
      }),
    }),
  }
}

/** @param once Makes the recommender of the first part again. @param again The scorer of the second. */
export async function loadRepeatTaker(
  state: ScorerState,
  once: (part: ScorerState) => Promise<Recommender>,
  again: (part: ScorerState) => Scorer,
): Promise<Recommender> {
  const [first, second] = state.parts ?? []
  if (!first || !second)
    throw new DataError(
      `saved recommender "${repeatTaking}"`,
      'two parts',
      `${state.parts?.length ?? 0}`,
      'Train the model again.',
    )
  return repeatTaker(await once(first), again(second), numberIn(state, 'weight'))
}
