import type { Issue } from './issue.js'

/**
 * The examples of the issues as rows of a table, the worst first: one for each example and issue, so that they can be sorted, corrected
 * and taken over.
 * @param inputs Of the training data.
 */
export function suspectsOf(issues: readonly Issue[], inputs: readonly unknown[]): Record<string, string | number>[] {
  return issues.flatMap(({ kind, rows, labels, score, advice }) =>
    rows.map((row) => {
      const input = inputs[row - 1]
      return {
        row,
        kind,
        labels: labels.join(' | '),
        score: Number(score.toFixed(4)),
        input: typeof input === 'string' ? input : '',
        advice,
      }
    }),
  )
}
