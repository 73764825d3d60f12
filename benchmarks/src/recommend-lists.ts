import { RecommenderModel } from '@headstart/recommender'
import { als, itemKnn, popularity, positives } from '@headstart/recommender/kit'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { generatedShop } from './generated-shop.js'
import { secondsOf } from './measure.js'

const [items, interactions] = [100_000, 1_000_000]
/** Users who are asked for together, and one by one. */
const [many, few] = [8192, 64]

/** Lists for the users of a large shop: together, as every night, and one by one, as pages ask for them. */
export const recommendLists: Benchmark = {
  title: `Lists of ten of ${items} items`,
  async run() {
    const shop = generatedShop({ interactions, items })
    const train = positives(shop.interactions, items)
    const popular = popularity(train)
    const figures: Figure[] = []
    // Few turns: what a list takes does not depend on how good it is.
    for (const recommender of [itemKnn(train), als(train, { iterations: 1 })]) {
      const model = new RecommenderModel({
        catalog: shop.catalog,
        recommender,
        popular,
        recipe: {
          method: recommender.name === 'als' ? 'als' : 'item-knn',
          settings: {},
          seed: 0,
          texts: null,
          threshold: null,
          minimum: 5,
          repeats: false,
        },
        training: { users: train.length, interactions, items, fingerprint: '' },
        validation: [],
      })
      const histories = Array.from({ length: many }, (_, user) =>
        Array.from(train.at(user).items, (item) => shop.catalog.items[item]?.id as string),
      )
      const isIn = ({ id }: { id: string }): boolean => !id.endsWith('7')
      for (const [what, filter] of [
        ['', undefined],
        [' that are in stock', isIn],
      ] as const) {
        const queries = histories.map((history) => ({ history, filter }))
        await model.ask(queries.slice(0, 2))
        const [single] = [
          await secondsOf(async () => {
            for (const query of queries.slice(0, few)) await model.ask([query])
          }),
        ]
        const together = await secondsOf(() => model.ask(queries))
        const [each, all] = [(1000 * single) / few, (1000 * together) / many]
        const beside = `${all.toFixed(2)} ms beside ${each.toFixed(2)} ms`
        figures.push(
          atLeast(`${recommender.name}: lists${what}, times as fast as one by one`, each / all, 20, beside),
          atMost(
            `${recommender.name}: lists${what} for 100,000 users, on two cores`,
            (all * 100) / 60 / 2,
            10,
            beside,
            ' min',
          ),
        )
      }
      await model.close()
    }
    return figures
  },
}
