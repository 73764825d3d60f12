import type { Comparison, Spread } from './compare.js'
import { textTable } from '../kit/text-table.js'

/** A comparison as a table of plain text, one line for each number of examples and method, and its verdict. */
export function formatComparison({ rows, testExamples, majorityAccuracy, verdict }: Comparison): string {
  const hasUnseen = rows.some(({ unseenAccuracy }) => unseenAccuracy)
  const lines = rows
    .toSorted((a, b) => a.shots - b.shots)
    .map((row) => [
      `${row.shots} per class`,
      row.method,
      plusMinus(row.accuracy),
      ...(hasUnseen ? [row.unseenAccuracy ? plusMinus(row.unseenAccuracy) : ''] : []),
      `${row.trainSeconds.toFixed(2)} s`,
    ])
  const header = ['examples', 'method', 'accuracy', ...(hasUnseen ? ['unseen domain'] : []), 'training']
  const drawn = rows.filter(({ shots }) => shots > 0)
  const most = Math.max(0, ...drawn.map(({ seeds }) => seeds))
  const fewer = drawn.filter(({ seeds }) => seeds < most)
  const exceptions = [...new Set(fewer.map(({ method, seeds }) => `${method}: ${seeds}`))].join(', ')
  const draws = `${most} ${most === 1 ? 'draw' : 'draws'}${exceptions && ` (${exceptions})`}`
  return [
    textTable([header, ...lines]),
    `Mean ± standard deviation over ${draws}, on ${testExamples} examples not trained on; always the most frequent class: ${majorityAccuracy.toFixed(3)}.`,
    verdict,
  ].join('\n')
}

function plusMinus({ mean, sd }: Spread): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`
}
