import type { SparseRows } from './sparse-rows.js'

/**
 * Terms of each text with their weights, [texts, terms], every row of length 1 (or 0 without a term). The weight of a term
 * that stands in a text f times, and in d of n texts, is (1 + ln f)(1 + ln((1 + n) / (1 + d))): sublinear frequency
 * (Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, 6.4.1) and the smoothed inverse
 * document frequency of scikit-learn. Terms are runs of letters and digits, in small letters, of any alphabet. Terms of one
 * text alone stay: they say of a text that it is like no other, and lower its likeness to all.
 */
export function tfIdf(texts: readonly string[]): SparseRows {
  return countTerms(texts).weighed()
}

/** How often which terms stand in some texts. */
export interface TermCounts {
  /** `tfIdf` of them. */
  weighed(): SparseRows
  /** The same with more texts at the end, as if all had been counted together. */
  with(texts: readonly string[]): TermCounts
}

/** Counts terms, so that more texts can follow. */
export function countTerms(texts: readonly string[]): TermCounts {
  return counted(texts, new Map(), [], { starts: [0], columns: [], values: [] })
}

/** Frequencies as rows that grow. */
interface Frequencies {
  readonly starts: number[]
  readonly columns: number[]
  readonly values: number[]
}

/**
 * Counts more texts into what is given, which is then its own.
 * @param numbers Of the terms. @param documents In how many texts each of them stands.
 */
function counted(
  texts: readonly string[],
  numbers: Map<string, number>,
  documents: number[],
  { starts, columns, values }: Frequencies,
): TermCounts {
  for (const text of texts) {
    const first = columns.length
    for (const term of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
      const number = numbers.get(term) ?? numbers.size
      if (number === numbers.size) numbers.set(term, number)
      const known = columns.indexOf(number, first)
      if (known >= 0) {
        values[known] = (values[known] as number) + 1
        continue
      }
      columns.push(number)
      values.push(1)
      documents[number] = (documents[number] ?? 0) + 1
    }
    starts.push(columns.length)
  }
  return {
    with: (more) =>
      counted(more, new Map(numbers), documents.slice(), {
        starts: starts.slice(),
        columns: columns.slice(),
        values: values.slice(),
      }),
    weighed() {
      const rows = starts.length - 1
      const rarity = documents.map((count) => 1 + Math.log((1 + rows) / (1 + count)))
      const weights = new Float32Array(values.length)
      for (let row = 0; row < rows; row++) {
        const [start, end] = [starts[row] as number, starts[row + 1] as number]
        const own = values
          .slice(start, end)
          .map((value, at) => (1 + Math.log(value)) * (rarity[columns[start + at] as number] as number))
        const norm = Math.hypot(...own)
        own.forEach((weight, at) => (weights[start + at] = weight / norm))
      }
      return {
        rows,
        columnCount: numbers.size,
        starts: Int32Array.from(starts),
        columns: Int32Array.from(columns),
        values: weights,
      }
    },
  }
}
