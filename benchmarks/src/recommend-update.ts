import { random } from '@headstart/core/kit'
import { Catalog, type RecommenderMethodName, type Shop, trainRecommender } from '@headstart/recommender'
import { baselineMethods } from '@headstart/recommender/kit'
import { atMost, type Benchmark, type Figure } from './figure.js'
import { generatedShop } from './generated-shop.js'
import { cpuSeconds, median } from './measure.js'

/** What is known of the shop, and what comes in an hour. */
const [interactions, items, fresh] = [1_000_000, 100_000, 1000]
/** Settings as a choice often has them. */
const settings: Partial<Record<RecommenderMethodName, object>> = {
  'item-knn': { neighbors: 200, shrinkage: 10, decay: 1 },
  'ease-text': { weight: 0.3, window: { last: 3, decay: 0.7 }, l2: 300 },
}
const measured: ReadonlySet<RecommenderMethodName> = new Set(['popularity', 'item-knn', 'ease-text'])

/** What an update costs beside a full fit of the same method, in CPU seconds: a shop of 100,000 items, a million interactions, and 1000 more. */
export const recommendUpdate: Benchmark = {
  title: `update: ${fresh} interactions in a shop of ${items} items and ${interactions} interactions`,
  async run() {
    const { old, late } = parted(generatedShop({ interactions: interactions + fresh, items }))
    const figures: Figure[] = []
    for (const method of baselineMethods.filter(({ name }) => measured.has(name))) {
      const chosen = { ...method, choose: async () => ({ settings: { ...settings[method.name] }, ndcg: 0 }) }
      const started = cpuSeconds()
      const model = await trainRecommender(old, { methods: [chosen], keep: true })
      const fit = cpuSeconds() - started
      const seconds: number[] = []
      for (let again = 0; again < 5; again++) {
        const begun = cpuSeconds()
        await model.update(late)
        seconds.push(cpuSeconds() - begun)
      }
      const beside = `a fit takes ${fit.toFixed(1)} s of CPU`
      figures.push(atMost(`${method.name}, CPU seconds of an update, median of 5`, median(seconds), 1, beside))
    }
    return figures
  },
}

/** The shop without its latest interactions, and these, of some of them by users and with items that were never seen. */
function parted(shop: Shop): { readonly old: Shop; readonly late: Shop } {
  const { interactions: all, catalog } = shop
  const order = Int32Array.from(all.time.keys()).sort((a, b) => (all.time[a] as number) - (all.time[b] as number))
  const part = (rows: Int32Array): Shop => ({
    ...shop,
    interactions: {
      ...all,
      user: rows.map((row) => all.user[row] as number),
      item: rows.map((row) => all.item[row] as number),
      time: Float64Array.from(rows, (row) => all.time[row] as number),
    },
  })
  const late = part(order.slice(-fresh))
  const numbers = [...new Set(late.interactions.item)]
  const users = [...new Set(late.interactions.user)]
  const { below } = random(0)
  // As a file of an hour has them: its own numbers, and one item in a hundred that is new.
  const ids = numbers.map((number) => (below(100) === 0 ? `new ${number}` : (catalog.items[number]?.id as string)))
  const places = new Map(numbers.map((number, place) => [number, place]))
  const userPlaces = new Map(users.map((user, place) => [user, place]))
  return {
    old: part(order.slice(0, -fresh)),
    late: {
      ...late,
      catalog: new Catalog(numbers.map((number, place) => ({ ...catalog.items[number], id: ids[place] as string }))),
      interactions: {
        ...late.interactions,
        users: users.map((user) => all.users[user] as string),
        user: late.interactions.user.map((user) => userPlaces.get(user) as number),
        item: late.interactions.item.map((item) => places.get(item) as number),
      },
    },
  }
}
