import { fileURLToPath } from 'node:url'
import { random } from '@headstart/core/kit'
import { type Interactions, readShop, type Shop } from '@headstart/recommender'

/** Where scripts/gather-baskets.ts puts what it finds. */
const folder = fileURLToPath(new URL('../data', import.meta.url))

/**
 * What about 200 npm packages depend on and are developed with: each of them is a user, what it lists are its items. Lists
 * have no order in time, so each gets one by lot: whoever is asked for the last item is asked for any one of them.
 * @param seed Of the lots. Default: 0.
 */
export async function baskets(seed = 0): Promise<Shop> {
  const { catalog, interactions } = await readShop(folder)
  return { name: 'npm packages', catalog, interactions: inDrawnOrder(interactions, seed) }
}

/** The same interactions, in times that are drawn. */
export function inDrawnOrder(interactions: Interactions, seed: number): Interactions {
  const places = random(seed).shuffle([...interactions.time.keys()])
  return { ...interactions, time: Float64Array.from(places), clock: 'order' }
}
