import type { Recommender } from '../contract/recommend.js'
import type { History } from '../shop/histories.js'
import { standardized } from './blend.js'

/** How the scores of several people become one: see `forGroup`. */
export const groupStrategies = ['average', 'least-misery'] as const
export type GroupStrategy = (typeof groupStrategies)[number]

/**
 * A recommender for several people at once (Masthoff, "Group modeling: selecting a sequence of television items to suit a group of
 * viewers", 2004). Each member's scores are standardized over the catalog, so that nobody's count more; an item gets their mean
 * ('average'), or the least of them ('least-misery'), by which nobody is bored. It is asked with what all of them have.
 */
export function forGroup(
  recommender: Recommender,
  members: readonly [History, ...History[]],
  strategy: GroupStrategy = 'average',
): Recommender {
  return {
    name: recommender.name,
    async score() {
      const [first, ...others] = members
      const total = standardized((await recommender.score(first)).slice(), 1)
      for (const member of others) {
        const own = standardized((await recommender.score(member)).slice(), 1)
        for (let item = 0; item < total.length; item++) {
          const [all, one] = [total[item] as number, own[item] as number]
          total[item] = strategy === 'average' ? all + one : Math.min(all, one)
        }
      }
      return strategy === 'average' ? total.map((score) => score / members.length) : total
    },
  }
}
