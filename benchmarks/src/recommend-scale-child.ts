/** `recommend-scale-child.ts METHOD INTERACTIONS`: fits one method, or all that there is, in a process of its own. Prints JSON. */
import { recommenderMethods, startRun, trainRecommender } from '@headstart/recommender'
import { leaveOneOut, positives, tfIdf } from '@headstart/recommender/kit'
import { generatedShop } from './generated-shop.js'
import { mostMemory } from './measure.js'

/** What a training took. */
export interface Spent {
  readonly seconds: number
  /** On all cores. */
  readonly cpuSeconds: number
  /** Most memory that the process ever held. */
  readonly megabytes: number
  readonly items: number
  /** Of the whole training: the method that was chosen, and its NDCG@10 on validation. */
  readonly chosen?: string
  readonly ndcg?: number
}

const [name = 'all', interactions = '10000'] = process.argv.slice(2)
const shop = generatedShop({ interactions: Number(interactions) })
const started = performance.now()
const before = process.cpuUsage()
const found = name === 'all' ? await everything() : await one()
const cpu = process.cpuUsage(before)
const spent: Spent = {
  seconds: (performance.now() - started) / 1000,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  megabytes: mostMemory(),
  items: shop.catalog.size,
  ...found,
}
console.log(JSON.stringify(spent))

async function everything(): Promise<Pick<Spent, 'chosen' | 'ndcg'>> {
  const { recipe, validation } = await trainRecommender(shop)
  return { chosen: recipe.method, ndcg: validation.find(({ method }) => method === recipe.method)?.ndcg ?? Number.NaN }
}

/** Once, with the usual settings: those of a choice without anything to choose by. */
async function one(): Promise<object> {
  const histories = positives(shop.interactions, shop.catalog.size)
  const terms = tfIdf(shop.catalog.texts())
  const material = { catalog: shop.catalog, terms, texts: terms }
  const method = recommenderMethods.find((candidate) => candidate.name === name)
  if (!method) throw new TypeError(`expected a method, got ${name}`)
  const { train } = leaveOneOut(histories)
  const run = startRun()
  const { settings } = await method.choose(material, { train, cases: [] }, run)
  await method.fit(material, train, settings, run)
  return {}
}
