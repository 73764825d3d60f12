import { join } from 'node:path'
import { readShop } from '../src/index.js'
import { positives, pretrainingExamples, type RankingExamples, tfIdf } from '../src/kit.js'

/** Openly licensed shops; those of one family are about the same people and things. */
export const sourceShops = [
  { name: 'online-retail', family: 'gifts' },
  { name: 'online-retail-nextbasket', family: 'gifts' },
  { name: 'movietweetings-100k', family: 'films' },
  { name: 'completejourney-types', family: 'groceries' },
] as const

/** Examples from one shop. */
export async function examplesFrom(folder: string, name: string): Promise<RankingExamples[]> {
  const { catalog, interactions } = await readShop(join(folder, name))
  return pretrainingExamples(name, positives(interactions, catalog.size, { minimum: 5 }), tfIdf(catalog.texts()))
}
