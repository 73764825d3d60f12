import { RecommenderModel } from '@headstart/recommender'
import { als, itemKnn, popularity, positives } from '@headstart/recommender/kit'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { generatedShop } from './generated-shop.js'
import { cpuOf } from './measure.js'

/** The shop, and the users whose lists are wanted in a night. */
const [items, interactions, askedFor] = [100_000, 1_000_000, 100_000]
/** Users who are asked for one by one. */
const few = 256

/** Options of the benchmark. */
export interface ListsSettings {
  /** Users who are asked for together. Default: 4096; with 100,000 nothing is extrapolated. */
  readonly users?: number
}

/** Seconds of CPU of lists for the users of a large shop: together, as every night, and one by one, as pages ask for them. */
export function recommendLists({ users = 4096 }: ListsSettings = {}): Benchmark {
  return {
    title: `Lists of ten of ${items} items for ${users} users together, and for ${few} one by one`,
    async run() {
      const shop = generatedShop({ interactions, items })
      const train = positives(shop.interactions, items)
      const popular = popularity(train)
      const figures: Figure[] = []
      const histories = Array.from({ length: users }, (_, user) =>
        Array.from(train.at(user % train.length).items, (item) => shop.catalog.items[item]?.id as string),
      )
      const isIn = ({ id }: { id: string }): boolean => !id.endsWith('7')
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
        for (const [what, filter] of [
          ['', undefined],
          [' that are in stock', isIn],
        ] as const) {
          const queries = histories.map((history) => ({ history, filter }))
          const oneByOne = async (): Promise<void> => {
            for (const query of queries.slice(0, few)) await model.ask([query])
          }
          // Once before, for what is compiled and read then.
          await oneByOne()
          await model.ask(queries.slice(0, few))
          const each = (await cpuOf(oneByOne)) / few
          const all = (await cpuOf(() => model.ask(queries))) / users
          const beside = `${(1e6 * all).toFixed(0)} µs beside ${(1e6 * each).toFixed(0)} µs a list`
          const whole = users === askedFor ? '' : ', extrapolated'
          figures.push(
            atLeast(`${recommender.name}: lists${what}, times as fast as one by one`, each / all, 20, beside),
            atMost(
              `${recommender.name}: lists${what} for ${askedFor} users, of one core${whole}`,
              (askedFor * all) / 60,
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
}
