import { compare, type Comparison, type Run, type Shown, startRun } from '@headstart/core'
import { lastItem } from '../src/learners/last-item.js'
import { recommenderLearners } from '../src/learners/recommender-learners.js'
import { type ShopLearner, shopLearner } from '../src/learners/shop-learner.js'
import type { RecommenderMethod } from '../src/contract/recommender-method.js'
import type { ShopView } from '../src/methods/shop-data.js'
import type { Shop } from '../src/shop/read-shop.js'

/** What `compare` is told to do, with some methods or all. */
export interface CompareShopOptions extends ShopView, Partial<Omit<Run, 'once'>> {
  readonly methods?: readonly RecommenderMethod[]
}

/** What programs are told of a comparison. */
export interface ComparisonJson {
  readonly rows: readonly {
    readonly method: string
    readonly 'hr@10': number
    readonly 'ndcg@10': number
    readonly 'coverage@10': number
    readonly 'coldNdcg@10': number | null
    readonly seconds: number
  }[]
  readonly chosen: string
  readonly verdict: string
}

/** Methods on the last item of each user. */
export async function compareShop(
  shop: Shop,
  { methods, texts, threshold, minimum, askedUsers, repeats, ...run }: CompareShopOptions = {},
): Promise<Comparison & Shown> {
  const learners: readonly ShopLearner[] = methods?.map((method) => shopLearner(method)) ?? recommenderLearners
  const data = { shop, texts, threshold, minimum, askedUsers, repeats }
  return compare({ data, learners, protocol: lastItem }, startRun(run))
}

/** The same, as programs are told. */
export async function comparedShop(shop: Shop, options?: CompareShopOptions): Promise<ComparisonJson> {
  return (await compareShop(shop, options)).json as unknown as ComparisonJson
}
