import type { Growth } from '../contract/growth.js'
import { CalibratedFeatures } from './calibrated-features.js'
import { ItemFeatures } from './item-features.js'
import { updatedNeighbors, updatedTransitions } from './linear-features.js'
import { popularityCounts } from './popularity-features.js'
import { longerLift } from './rank-lift.js'

/**
 * Calibrated features of a shop that grew: popularity, neighbors, what follows, and texts as after a new fit; EASE, ALS, the
 * sequence model and the calibration wait for one.
 */
export function grownFeatures({ features, lift }: CalibratedFeatures, growth: Growth): CalibratedFeatures {
  const { parts } = features
  const { now, catalog } = growth
  for (const name of ['ease', 'als', ...(parts.sequence ? ['sequence model'] : []), 'calibration'])
    growth.waiting.add(name)
  const counts = now.popularity()
  const grown = new ItemFeatures({
    itemCount: now.itemCount,
    userCount: now.length,
    usualPopularity: counts.reduce((sum, count) => sum + count * count, 0) / Math.max(now.items.length, 1),
    popularity: popularityCounts(now),
    neighbors: updatedNeighbors(parts.neighbors, growth),
    follows: updatedTransitions(parts.follows, growth),
    texts: catalog.terms,
    ease: parts.ease,
    easeText: parts.easeText,
    als: parts.als,
    fittedItems: parts.fittedItems ?? parts.itemCount,
    ...(parts.sequence && { sequence: parts.sequence }),
  })
  return new CalibratedFeatures(grown, longerLift(lift, now.itemCount))
}
