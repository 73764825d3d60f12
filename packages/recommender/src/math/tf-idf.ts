import { type SparseRows, sparseRows } from './sparse-rows.js'

/**
 * Terms of each text with their weights, [texts, terms], every row of length 1 (or 0 without a term). The weight of a term
 * that stands in a text f times, and in d of n texts, is (1 + ln f)(1 + ln((1 + n) / (1 + d))): sublinear frequency
 * (Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, 6.4.1) and the smoothed inverse
 * document frequency of scikit-learn. Terms are runs of letters and digits, in small letters, of any alphabet. Terms of one
 * text alone stay: they say of a text that it is like no other, and lower its likeness to all.
 */
export function tfIdf(texts: readonly string[]): SparseRows {
  const counted = texts.map(termCounts)
  const documents = new Map<string, number>()
  for (const counts of counted) for (const term of counts.keys()) documents.set(term, (documents.get(term) ?? 0) + 1)
  const numbers = new Map([...documents.keys()].map((term, number) => [term, number]))
  const lines = counted.map((counts) => {
    const columns = Array.from(counts.keys(), (term) => numbers.get(term) as number)
    const weights = Array.from(counts, ([term, frequency]) => {
      return (1 + Math.log(frequency)) * (1 + Math.log((1 + texts.length) / (1 + (documents.get(term) as number))))
    })
    const norm = Math.hypot(...weights)
    return { columns, values: weights.map((weight) => weight / norm) }
  })
  return sparseRows(numbers.size, lines)
}

function termCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [term] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}
