import { type Comparison, type ComparisonRow, type Difference, type Round, type Shown } from '@headstart/core'
import { effectOf, textTable } from '@headstart/core/kit'
import type { ShopData } from '../methods/shop-data.js'
import { rankingFigures } from '../model/measure-recommender.js'
import { askedFor } from '../shop/split-histories.js'

/** What all have that do not recommend the same to everybody. Of the one to use the verdict says how much it is worth. */
export const personalization = 'personalization'

/** Methods on the last item of each user: a table, and what to use here. */
export function showComparison(
  { rows, differences }: Comparison,
  rounds: readonly Pick<Round<ShopData>, 'train'>[] = [],
): Shown {
  const chosen = chosenOf(rows)
  const asked = askedFor(rounds[0]?.train.split)
  const verdict = verdictOf(rows, differences, chosen)
  return {
    json: {
      rows: rows.map((row) => ({
        method: row.learner,
        'hr@10': figureOf(row, 'hitRate'),
        'ndcg@10': row.test.mean,
        'coverage@10': figureOf(row, 'coverage'),
        'coldNdcg@10': figureOf(row, 'cold'),
        seconds: row.seconds,
      })),
      chosen: chosen?.learner ?? null,
      verdict,
    },
    text: () =>
      [
        textTable([
          ['method', 'HR@10', 'NDCG@10', 'coverage', 'cold items', 'training'],
          ...rows.map((row) => [
            row === chosen ? `${row.learner} *` : row.learner,
            figureOf(row, 'hitRate')?.toFixed(3) ?? '',
            row.test.mean.toFixed(4),
            figureOf(row, 'coverage')?.toFixed(2) ?? '',
            figureOf(row, 'cold')?.toFixed(3) ?? '',
            `${row.seconds.toFixed(1)} s`,
          ]),
        ]),
        `${asked} is asked for, the whole catalog ranked. Cold items: NDCG@10 of items that nobody took before, among themselves.`,
        verdict,
      ].join('\n'),
  }
}

function figureOf({ figures }: ComparisonRow, name: keyof typeof rankingFigures): number | null {
  return figures[rankingFigures[name]] ?? null
}

/** What did best on validation data, of those that compete there; of equal ones the first. The test has no say. */
function chosenOf(rows: readonly ComparisonRow[]): ComparisonRow | undefined {
  const [first, ...others] = rows
  const worth = (row: ComparisonRow | undefined): number => (row && figureOf(row, 'validation')) ?? 0
  return others.reduce((most, other) => (worth(other) > worth(most) ? other : most), first)
}

/**
 * In words: what to use here, how much better than the simplest that is, and whether what was known beforehand helped.
 * All are asked about the same users, so differences are taken user by user, with a 95 % interval of their mean.
 */
function verdictOf(
  rows: readonly ComparisonRow[],
  differences: readonly Difference[],
  chosen: ComparisonRow | undefined,
): string {
  const worth = (learner: string): string =>
    `${learner} ${rows.find((row) => row.learner === learner)?.test.mean.toFixed(4)}`
  const beside = differences.find(({ what, learner }) => what === personalization && learner === chosen?.learner)
  const use = chosen
    ? [
        `Use ${chosen.learner} here, which validation picks: NDCG@10 ${chosen.test.mean.toFixed(4)}${beside ? `, ${signed(beside)} beside ${beside.to}` : ''}.`,
      ]
    : []
  const sentences = differences
    .filter(({ what }) => what !== personalization)
    .map((difference) => {
      const { what, learner, to } = difference
      return `${what[0]?.toUpperCase()}${what.slice(1)} ${effectOf(difference)}: ${worth(learner)} beside ${worth(to)}, ${signed(difference)}.`
    })
  return [...use, ...sentences].join(' ')
}

function signed({ mean, margin }: Difference): string {
  const range = Number.isFinite(margin) ? `± ${margin.toFixed(4)}` : 'one user: no interval'
  return `${mean < 0 ? '-' : '+'}${Math.abs(mean).toFixed(4)} (${range})`
}
