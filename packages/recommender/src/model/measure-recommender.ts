import type { Measured, Run } from '@headstart/core'
import { coldOf, coverageOf } from '../evaluate/evaluate-ranking.js'
import { rankCases } from '../evaluate/rank-cases.js'
import { lastItems, type ShopData } from '../methods/shop-data.js'
import type { RecommenderParts } from './recommender-parts.js'
import { shopKnownTo } from './shop-known-to.js'

/** Figures of a recommender beside its NDCG@10, by the names that programs know. */
export const rankingFigures = {
  hitRate: 'hr@10',
  coverage: 'coverage@10',
  /** Of items that nobody took before, ranked among themselves; null where nobody took such a one. */
  cold: 'coldNdcg@10',
  /** What its method reached on validation data, by which one is chosen from several. */
  validation: 'validationNdcg@10',
} as const

/** NDCG@10 of each user who is asked for the last item, the whole catalog ranked. */
export async function measureRecommender(
  { catalog, recommender, recipe, validation }: RecommenderParts,
  data: ShopData,
  run: Run,
): Promise<Measured> {
  const say = (message: string): void => run.onEvent?.({ type: 'notice', message })
  const shop =
    data.shop.catalog === catalog
      ? data.shop
      : await run.once([shopKnownTo, catalog, data.shop], async () => shopKnownTo(catalog, data.shop, say))
  const { train, cases } = await lastItems({ ...data, shop }, run)
  const options = { signal: run.signal, repeats: recipe.repeats }
  const ranks = await rankCases(recommender, cases, options)
  const cold = coldOf({ train, cases })
  return {
    scores: ranks.ndcg,
    figures: {
      [rankingFigures.hitRate]: meanOf(ranks.hitRate),
      [rankingFigures.coverage]: coverageOf(ranks, train),
      [rankingFigures.cold]:
        cold.cases.length === 0
          ? null
          : meanOf((await rankCases(recommender, cold.cases, { ...options, candidates: cold.items })).ndcg),
      [rankingFigures.validation]: validation.find(({ method }) => method === recipe.method)?.ndcg ?? null,
    },
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
