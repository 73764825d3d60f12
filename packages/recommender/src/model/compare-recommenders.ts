import { DataError, textTable } from '@headstart/core'
import {
  best,
  type ChosenMethod,
  chooseEach,
  drawn,
  examine,
  recommenderMethods,
  type ShopOptions,
} from '../methods/choose-method.js'
import { evaluateRanking, type RankingReport } from '../evaluate/evaluate-ranking.js'
import { recommenderVerdict } from './recommender-verdict.js'
import type { Shop } from '../shop/read-shop.js'
import type { RecommenderMethodName } from '../contract/recommender-method.js'
import { leaveOneOut } from '../shop/split-histories.js'

/** What one method reached on the test items. */
export interface RecommenderRow {
  readonly method: RecommenderMethodName
  /** Share of the users whose next item is among the first ten. */
  readonly 'hr@10': number
  readonly 'ndcg@10': number
  /** Share of the catalog that is in anybody's first ten. */
  readonly 'coverage@10': number
  /** NDCG@10 of items that nobody took before, ranked among themselves; null where nobody took such a one. */
  readonly 'coldNdcg@10': number | null
  /** From data to the fitted recommender, with the choice of its settings. */
  readonly seconds: number
}

/** What `compareRecommenders` measured. */
export interface RecommenderComparison {
  readonly task: 'recommend'
  readonly rows: readonly RecommenderRow[]
  /** The method that does best on validation data, which is what `trainRecommender` takes. */
  readonly chosen: RecommenderMethodName
  /** In words: what to use here, and whether pre-training helped. */
  readonly verdict: string
}

/**
 * Measures every method on a shop's data by temporal leave-one-out, the full catalog ranked: settings and method are
 * chosen by the interaction before the last of each user; then each is fitted again with these and asked for the last one,
 * once.
 * @throws DataError when nobody took enough to be asked, and as `trainRecommender`.
 */
export async function compareRecommenders(shop: Shop, options: ShopOptions = {}): Promise<RecommenderComparison> {
  const { methods = recommenderMethods, repeats, signal, seed, onEvent } = options
  const examined = await examine(shop, options)
  const { material, asked, minimum } = examined
  const test = drawn(leaveOneOut(asked), options)
  if (test.cases.length === 0) {
    const remedy = 'It takes users with that many: add what they did, or lower the minimum.'
    throw new DataError(`shop "${shop.name}"`, `users who took at least ${minimum} items`, 'none', remedy)
  }
  const measured: { chosen: ChosenMethod; report: RankingReport; seconds: number }[] = []
  for await (const chosen of chooseEach(examined, options)) {
    const started = performance.now()
    const recommender = await chosen.method.fit(material, test.train, chosen.settings, options)
    const seconds = chosen.seconds + (performance.now() - started) / 1000
    measured.push({ chosen, seconds, report: await evaluateRanking(recommender, test, { signal, seed, repeats }) })
    onEvent?.({ type: 'compare', done: measured.length, total: methods.length, method: chosen.method.name })
  }
  const winner = best(measured.map(({ chosen }) => chosen)).method.name
  return {
    task: 'recommend',
    rows: measured.map(({ chosen, report, seconds }) => ({
      method: chosen.method.name,
      'hr@10': report.hitRate,
      'ndcg@10': report.ndcg,
      'coverage@10': report.coverage,
      'coldNdcg@10': report.coldItems?.amongThemselves.ndcg ?? null,
      seconds,
    })),
    chosen: winner,
    verdict: recommenderVerdict(
      measured.map(({ chosen, report }) => ({ method: chosen.method.name, ndcgs: report.ndcgOfCases })),
      winner,
    ),
  }
}

/** A comparison as a table of plain text, and its verdict. */
export function formatRecommenderComparison({ rows, chosen, verdict }: RecommenderComparison): string {
  const lines = rows.map((row) => [
    row.method === chosen ? `${row.method} *` : row.method,
    row['hr@10'].toFixed(3),
    row['ndcg@10'].toFixed(4),
    row['coverage@10'].toFixed(2),
    row['coldNdcg@10']?.toFixed(3) ?? '',
    `${row.seconds.toFixed(1)} s`,
  ])
  return [
    textTable([['method', 'HR@10', 'NDCG@10', 'coverage', 'cold items', 'training'], ...lines]),
    "Each user's last item is asked for, the whole catalog ranked. Cold items: NDCG@10 of items that nobody took before, among themselves.",
    verdict,
  ].join('\n')
}
