import { type FeatureSource, forEachWeighted, type WeightingName } from './feature-source.js'
import { addRow, type SparseRows, transposed } from '../math/sparse-rows.js'

/** How many of the latest items the likeness to the nearest one looks at. */
const nearestAmong = 30

/**
 * Likeness of an item's text to those of the last item, of the last ten and of all of the history, and to the likest one
 * of the latest 30.
 * @param texts One row for each item, of length 1 or 0 (`tfIdf`).
 */
export function textFeatures(texts: SparseRows): FeatureSource {
  const byTerm = transposed(texts)
  const profile = new Float32Array(texts.columnCount)
  const one = new Float32Array(texts.rows)
  const touched = new Int32Array(texts.rows)
  const names: readonly WeightingName[] = ['last', 'ten', 'all']
  return {
    names: [...names.map((weighting) => `text-${weighting}`), 'text-nearest'],
    score(history, rows) {
      names.forEach((name, index) => {
        const terms = new Set<number>()
        forEachWeighted(history, [name], (item, _, weight) => {
          addRow(profile, texts, item, weight)
          for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++)
            terms.add(texts.columns[k] as number)
        })
        for (const term of terms) {
          addRow(rows[index] as Float32Array, byTerm, term, profile[term] as number)
          profile[term] = 0
        }
      })
      const nearest = rows[names.length] as Float32Array
      for (const item of history.items.subarray(-nearestAmong)) {
        let met = 0
        for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++) {
          const term = texts.columns[k] as number
          const weight = texts.values[k] as number
          for (let entry = byTerm.starts[term] as number; entry < (byTerm.starts[term + 1] as number); entry++) {
            const other = byTerm.columns[entry] as number
            const before = one[other] as number
            if (before === 0) touched[met++] = other
            one[other] = before + weight * (byTerm.values[entry] as number)
          }
        }
        for (let place = 0; place < met; place++) {
          const other = touched[place] as number
          const cosine = one[other] as number
          if (cosine > (nearest[other] as number)) nearest[other] = cosine
          one[other] = 0
        }
      }
    },
  }
}
