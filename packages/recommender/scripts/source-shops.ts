import { join } from 'node:path'
import { positives, readShop, tfIdf } from '../src/index.js'
import { rankingExamples, type RankingExamples } from '../src/ranking-examples.js'

/** Openly licensed shops; those of one family are about the same people and things. */
export const sourceShops = [
  { name: 'online-retail', family: 'gifts' },
  { name: 'online-retail-nextbasket', family: 'gifts' },
  { name: 'movietweetings-100k', family: 'films' },
  { name: 'completejourney-types', family: 'groceries' },
] as const

/** Numbers of users that shops are also shown with, as if the others were new to them. */
const fewUsers = [25, 100, 500]

/**
 * Examples from one shop: the last but one and the last but two interactions of each user (the last is the benchmarks'
 * test, and stays unseen), with all of its users known; and the last but one with few of them known.
 */
export async function examplesFrom(folder: string, name: string): Promise<RankingExamples[]> {
  const { catalogue, interactions } = await readShop(join(folder, name))
  const histories = positives(interactions, catalogue.size, { minimum: 5 })
  const texts = tfIdf(catalogue.texts())
  const sets = await rankingExamples(histories, texts, { name, backs: [2, 3], limit: 800 })
  for (const [seed, knownUsers] of fewUsers.entries()) {
    sets.push(...(await rankingExamples(histories, texts, { name, backs: [2], knownUsers, seed, limit: 400, itemLimit: 4000 })))
  }
  return sets
}
