import type { Histories } from '../shop/histories.js'
import { rankingExamples, type RankingExamples } from './ranking-examples.js'
import type { SparseRows } from '../math/sparse-rows.js'

/** Numbers of users that a shop is also shown with, as if the others were new to it. */
const fewUsers = [25, 100, 500]
/** Examples of each set, for shops with all of their users and with few. */
const [limit, fewLimit] = [500, 200]
/** Items in the matrices of EASE where users are few, for speed. */
const itemLimit = 4000

/**
 * What one shop gives to pre-training: the last but one and the last but two interactions of each user with all users
 * known (the last is a benchmark's test, and stays unseen), and the last but one with few of them known.
 * @param texts One row for each item of the catalog, of length 1 or 0 (`tfIdf`).
 */
export async function pretrainingExamples(
  name: string,
  histories: Histories,
  texts: SparseRows,
): Promise<RankingExamples[]> {
  const sets = await rankingExamples(histories, texts, { name, backs: [2, 3], limit })
  for (const [seed, knownUsers] of fewUsers.entries()) {
    sets.push(
      ...(await rankingExamples(histories, texts, { name, backs: [2], knownUsers, seed, limit: fewLimit, itemLimit })),
    )
  }
  return sets
}
