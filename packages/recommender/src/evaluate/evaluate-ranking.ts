import { type Interval } from '@headstart/core'
import { bootstrapIntervals, DataError } from '@headstart/core/kit'
import type { Histories } from '../shop/histories.js'
import { type ListFigures, listFigures } from './list-figures.js'
import { rankCases, type Ranks, type RankOptions } from './rank-cases.js'
import type { Recommender } from '../contract/recommend.js'
import type { SparseRows } from '../math/sparse-rows.js'
import type { Case, Split } from '../shop/split-histories.js'

/** Options of `evaluateRanking`. */
export interface EvaluateRankingOptions extends RankOptions {
  /** Items are cold that fewer users took than this. Default: 1, those that nobody took. */
  readonly coldBelow?: number | undefined
  /** Texts of all items, rows of length 1 or 0, by which the items of a list are like each other. Default: none. */
  readonly texts?: SparseRows | undefined
  /** Of the intervals. Default: 0. */
  readonly seed?: number | undefined
}

/** Figures over some cases; means, with 95 % intervals over the users. */
export interface RankingFigures {
  readonly cases: number
  /** HR@k: share of the cases whose target is in the list. With one target it is recall@k. */
  readonly hitRate: number
  /** NDCG@k */
  readonly ndcg: number
  /** Mean reciprocal rank in the whole catalog. */
  readonly mrr: number
  readonly intervals: Readonly<Record<'hitRate' | 'ndcg' | 'mrr', Interval>>
}

/** What is known of the items, by which cold ones are told from others. */
export type Takers = Pick<Histories, 'itemCount' | 'popularity'>

/** What a recommender is asked, and what it may know. */
export interface Asked extends Pick<Split, 'cases'> {
  readonly train: Takers
}

/** How good a recommender is. */
export interface RankingReport extends RankingFigures, ListFigures {
  readonly method: string
  readonly k: number
  /** Share of the catalog that is in anybody's list. */
  readonly coverage: number
  /**
   * Mean popularity percentile of what is in the lists: 0.5 where popular and unpopular items are recommended alike, 1
   * where only the most popular one is.
   */
  readonly popularityBias: number
  /** Targets that nobody, or hardly anybody (`coldBelow`), took before, in the whole catalog and ranked among themselves; undefined without any. */
  readonly coldItems:
    | { readonly items: number; readonly all: RankingFigures; readonly amongThemselves: RankingFigures }
    | undefined
  /** Users without a history; undefined without any. */
  readonly coldUsers: RankingFigures | undefined
  /** NDCG@k of each case, [cases], for comparison with another recommender case by case. */
  readonly ndcgOfCases: Float64Array
}

/**
 * Measures a recommender on the cases of a split as the field does it: the whole catalog is ranked, never a sample of it
 * (Krichene and Rendle, "On sampled metrics for item recommendation", 2020), and what the user has is left out.
 * @throws DataError when there is no case.
 */
export async function evaluateRanking(
  recommender: Recommender,
  { train, cases }: Asked,
  { seed = 0, coldBelow = 1, texts, ...options }: EvaluateRankingOptions = {},
): Promise<RankingReport> {
  if (cases.length === 0) {
    throw new DataError(
      'evaluateRanking',
      'users to ask for',
      'none',
      'It takes users with enough interactions: see the minimum of positives.',
    )
  }
  const ranks = await rankCases(recommender, cases, options)
  const cold = coldOf({ train, cases }, coldBelow)
  const isNew = (one: Case): boolean => one.history.items.length === 0
  return {
    method: recommender.name,
    k: ranks.k,
    ...figuresOf(ranks, seed),
    coverage: coverageOf(ranks, train),
    popularityBias: popularityBias(train, ranks.lists),
    ...listFigures(ranks.lists, train.popularity(), texts),
    coldItems:
      cold.cases.length === 0
        ? undefined
        : {
            items: cold.items.reduce((count, one) => count + one, 0),
            all: figuresOf(only(ranks, cases, cold.is), seed),
            amongThemselves: figuresOf(
              await rankCases(recommender, cold.cases, { ...options, candidates: cold.items }),
              seed,
            ),
          },
    coldUsers: cases.some(isNew) ? figuresOf(only(ranks, cases, isNew), seed) : undefined,
    ndcgOfCases: ranks.ndcg,
  }
}

/** Cold items, [items of the catalog], 1 or 0, and what is asked about them. */
export interface Cold {
  readonly items: Uint8Array
  readonly cases: readonly Case[]
  is(one: Case): boolean
}

/** @param below Items are cold that fewer users took than this. */
export function coldOf({ train, cases }: Asked, below = 1): Cold {
  const items = Uint8Array.from(train.popularity(), (takers) => (takers < below ? 1 : 0))
  const is = ({ target }: Case): boolean => items[target] === 1
  return { items, cases: cases.filter(is), is }
}

/** Share of the catalog that is in anybody's list. */
export function coverageOf({ lists }: Pick<Ranks, 'lists'>, { itemCount }: Takers): number {
  return new Set(lists.flat()).size / itemCount
}

type Outcomes = Pick<Ranks, 'hitRate' | 'ndcg' | 'reciprocalRank'>

function only(
  { hitRate, ndcg, reciprocalRank }: Ranks,
  cases: readonly Case[],
  wanted: (one: Case) => boolean,
): Outcomes {
  const isWanted = (_: number, index: number): boolean => wanted(cases[index] as Case)
  return {
    hitRate: hitRate.filter(isWanted),
    ndcg: ndcg.filter(isWanted),
    reciprocalRank: reciprocalRank.filter(isWanted),
  }
}

function figuresOf({ hitRate, ndcg, reciprocalRank }: Outcomes, seed: number): RankingFigures {
  const mean =
    (values: Float64Array) =>
    (weights?: Uint32Array): number =>
      values.reduce((sum, value, index) => sum + value * (weights?.[index] ?? 1), 0) / values.length
  const figures = { hitRate: mean(hitRate), ndcg: mean(ndcg), mrr: mean(reciprocalRank) }
  return {
    cases: hitRate.length,
    hitRate: figures.hitRate(),
    ndcg: figures.ndcg(),
    mrr: figures.mrr(),
    intervals: bootstrapIntervals(hitRate.length, figures, { seed }),
  }
}

function popularityBias(train: Takers, lists: readonly (readonly number[])[]): number {
  const popularity = train.popularity()
  const sorted = popularity.toSorted()
  // Mean place of the items of equal popularity, from 0 to 1.
  const percentile = new Map<number, number>()
  for (let start = 0; start < sorted.length;) {
    const count = sorted[start] as number
    const end = sorted.findLastIndex((other) => other === count) + 1
    percentile.set(count, (start + end) / 2 / sorted.length)
    start = end
  }
  const recommended = lists.flat()
  return (
    recommended.reduce((sum, item) => sum + (percentile.get(popularity[item] as number) ?? 0), 0) /
    Math.max(recommended.length, 1)
  )
}
