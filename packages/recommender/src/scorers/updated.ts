import type { Growth } from '../contract/growth.js'
import type { Recommender } from '../contract/recommend.js'
import type { Scorer } from '../contract/scorer.js'
import { withNewItems } from './with-new-items.js'

/**
 * A scorer for a shop that grew. One that has to be fitted again for it waits (`Growth.waiting`), and the items that came since
 * are scored as are those of the most alike texts.
 */
export function updated(scorer: Scorer, growth: Growth): Scorer {
  return scorer.update?.(growth) ?? waiting(scorer, growth)
}

/** The same of a recommender that is no scorer. */
export async function updatedRecommender(recommender: Recommender, growth: Growth): Promise<Recommender> {
  return (await recommender.update?.(growth)) ?? waiting(recommender, growth)
}

function waiting<Kind extends Recommender>(recommender: Kind, growth: Growth): Kind {
  growth.waiting.add(recommender.name)
  const { before, now, catalog } = growth
  return now.itemCount === before.itemCount ? recommender : withNewItems(before.itemCount, catalog.terms)(recommender)
}
