import { type EvidenceSource, forEachWeighted, type WeightingName } from './evidence-source.js'
import { addRow, type SparseRows, transposed } from './sparse-rows.js'

/** How many of the latest items the likeness to the nearest one looks at. */
const nearestAmong = 30

/**
 * Likeness of an item's text to those of the last item, of the last ten and of all of the history, and to the likest one
 * of the latest 30.
 * @param texts One row for each item, of length 1 or 0 (`tfIdf`).
 */
export function textEvidence(texts: SparseRows): EvidenceSource {
  const byTerm = transposed(texts)
  const profile = new Float32Array(texts.columnCount)
  const one = new Float32Array(texts.rows)
  const names: readonly WeightingName[] = ['last', 'ten', 'all']
  return {
    names: [...names.map((weighting) => `text-${weighting}`), 'text-nearest'],
    score(history, rows) {
      names.forEach((name, index) => {
        const terms = new Set<number>()
        forEachWeighted(history, [name], (item, _, weight) => {
          addRow(profile, texts, item, weight)
          for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++) terms.add(texts.columns[k] as number)
        })
        for (const term of terms) {
          addRow(rows[index] as Float32Array, byTerm, term, profile[term] as number)
          profile[term] = 0
        }
      })
      const nearest = rows[names.length] as Float32Array
      for (const item of history.items.subarray(-nearestAmong)) {
        one.fill(0)
        for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++) {
          addRow(one, byTerm, texts.columns[k] as number, texts.values[k] as number)
        }
        for (let other = 0; other < one.length; other++) {
          if ((one[other] as number) > (nearest[other] as number)) nearest[other] = one[other] as number
        }
      }
    },
  }
}
