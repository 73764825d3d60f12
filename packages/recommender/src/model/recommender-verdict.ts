import type { RecommenderMethodName } from '../contract/recommender-method.js'

/** NDCG@10 that a method reached for each user, in the same order for all. */
export interface VerdictRow {
  readonly method: RecommenderMethodName
  readonly ndcgs: Float64Array
}

const pretrained: ReadonlySet<RecommenderMethodName> = new Set(['frozen', 'fine-tuned'])

/**
 * In words: what to use here, how much better than the simplest that is, and whether pre-training and fine-tuning helped.
 * All methods are asked about the same users, so differences are taken user by user, with a 95 % interval of their mean.
 * @param chosen What validation picked.
 */
export function recommenderVerdict(rows: readonly VerdictRow[], chosen: RecommenderMethodName): string {
  const find = (name: RecommenderMethodName): VerdictRow | undefined => rows.find(({ method }) => method === name)
  const [use, popular, frozen, tuned] = [find(chosen), find('popularity'), find('frozen'), find('fine-tuned')]
  const untrained = rows.filter(({ method }) => !pretrained.has(method))
  const baseline = untrained.reduce<VerdictRow | undefined>(
    (most, row) => (most && meanOf(most) >= meanOf(row) ? most : row),
    undefined,
  )
  return [
    ...(use
      ? [`Use ${chosen} here, which validation picks: NDCG@10 ${meanOf(use).toFixed(4)}${beside(use, popular)}.`]
      : []),
    ...sentence('Pre-training', frozen, baseline),
    ...sentence('Fine-tuning', tuned, frozen),
  ].join(' ')
}

function beside(use: VerdictRow, popular: VerdictRow | undefined): string {
  if (!popular || popular === use) return ''
  return `, ${signed(differenceOf(use, popular))} beside popularity`
}

/** What one method is worth against another; nothing where one of them was not measured. */
function sentence(what: string, row: VerdictRow | undefined, other: VerdictRow | undefined): string[] {
  if (!row || !other) return []
  const difference = differenceOf(row, other)
  const isCertain = Math.abs(difference.mean) > difference.margin
  const effect = isCertain ? (difference.mean > 0 ? 'helped' : 'hurt') : 'made no certain difference'
  return [
    `${what} ${effect}: ${row.method} ${meanOf(row).toFixed(4)} beside ${other.method} ${meanOf(other).toFixed(4)}, ${signed(difference)}.`,
  ]
}

interface Difference {
  readonly mean: number
  /** Half of the 95 % interval. */
  readonly margin: number
}

function differenceOf(row: VerdictRow, other: VerdictRow): Difference {
  const differences = row.ndcgs.map((value, user) => value - (other.ndcgs[user] as number))
  const n = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / n
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return { mean, margin: n > 1 ? 1.96 * Math.sqrt(variance / n) : Number.POSITIVE_INFINITY }
}

function signed({ mean, margin }: Difference): string {
  const range = Number.isFinite(margin) ? `± ${margin.toFixed(4)}` : 'one user: no interval'
  return `${mean < 0 ? '-' : '+'}${Math.abs(mean).toFixed(4)} (${range})`
}

function meanOf({ ndcgs }: VerdictRow): number {
  return ndcgs.reduce((sum, value) => sum + value, 0) / ndcgs.length
}
