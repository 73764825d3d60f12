import type { Recommendation } from '../contract/recommendation.js'
import type { SparseRows } from '../math/sparse-rows.js'

/**
 * Maximal marginal relevance (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents
 * and producing summaries", 1998): one item after the other is taken, each time that of the highest
 *
 *     (1 - diversity) · relevance - diversity · (largest cosine with an item that is taken already)
 *
 * with scores as relevance, brought to 0 for the last and 1 for the first of the list.
 * @param ranked Longer than `k`, best first.
 * @param texts What items are compared by, one row for each of the catalog, of length 1 or 0.
 * @param diversity From 0, the list as it is, to 1, as unlike each other as can be.
 */
export function diversify(
  ranked: readonly Recommendation[],
  texts: SparseRows,
  k: number,
  diversity: number,
): Recommendation[] {
  const [highest, lowest] = [ranked[0]?.score ?? 0, ranked.at(-1)?.score ?? 0]
  const range = highest - lowest || 1
  const left = ranked.map((line) => ({ line, relevance: (line.score - lowest) / range, likeness: 0 }))
  const taken: Recommendation[] = []
  const row = new Float64Array(texts.columnCount)
  while (taken.length < k && left.length > 0) {
    const worth = left.map(({ relevance, likeness }) => (1 - diversity) * relevance - diversity * likeness)
    const place = worth.reduce((most, value, index) => (value > (worth[most] as number) ? index : most), 0)
    const [next] = left.splice(place, 1)
    if (!next) break
    taken.push(next.line)
    spread(row, texts, next.line.item, 1)
    for (const one of left) one.likeness = Math.max(one.likeness, product(row, texts, one.line.item))
    spread(row, texts, next.line.item, 0)
  }
  return taken
}

/** Writes a row of the matrix, times `factor`, where it has something. */
function spread(target: Float64Array, { starts, columns, values }: SparseRows, row: number, factor: number): void {
  for (let k = starts[row] as number; k < (starts[row + 1] as number); k++)
    target[columns[k] as number] = factor * (values[k] as number)
}

function product(dense: Float64Array, { starts, columns, values }: SparseRows, row: number): number {
  let sum = 0
  for (let k = starts[row] as number; k < (starts[row + 1] as number); k++)
    sum += (dense[columns[k] as number] as number) * (values[k] as number)
  return sum
}
