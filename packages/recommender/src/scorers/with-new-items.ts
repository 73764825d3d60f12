import type { History } from '../shop/histories.js'
import type { Recommender } from '../contract/recommend.js'
import { addRow, type SparseRows, transposed } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'

/** How many of the items of most alike texts stand for a new one. */
const stands = 5

/** Added to the sum of their cosines: few likenesses are believed less. */
const shrinkage = 0.5

/** Kind of the state of a recommender that knows new items. */
export const newItems = 'new-items'

/** An item that stands for a new one, and the cosine of their texts. */
interface Like {
  readonly item: number
  readonly cosine: number
}

/**
 * Makes recommenders of a catalog know items that came later. A new item gets the mean score of the known items whose texts
 * are most like its own, weighted by their cosines and shrunk towards 0 or, where some are less, the lowest score of all, so that an item that is like
 * nothing stands below what something is known of (nearest neighbors in attributes: Gantner et al., "Learning attribute-to-feature mappings for cold-start
 * recommendations", 2010). In a history the known item that is most like it stands for it.
 * @param known How many items the recommenders know.
 * @param texts Of all items, the new ones last; rows of length 1 or 0.
 */
export function withNewItems(known: number, texts: SparseRows): <Kind extends Recommender>(recommender: Kind) => Kind {
  const byTerm = transposed(texts)
  const likes = Array.from({ length: texts.rows - known }, (_, place) => likesOf(known + place, known, texts, byTerm))
  const standIn = (item: number): number | undefined => (item < known ? item : likes[item - known]?.[0]?.item)
  const translate = (history: History): History => {
    const items = Array.from(history.items, standIn)
    const isKnown = (_: number, place: number): boolean => items[place] !== undefined
    return { items: Int32Array.from(items.filter((item) => item !== undefined)), times: history.times.filter(isKnown) }
  }
  const extend = (scores: Float32Array): Float32Array => {
    const all = new Float32Array(texts.rows)
    all.set(scores)
    const lowest = scores.reduce((least, score) => Math.min(least, score), 0)
    likes.forEach((alike, place) => {
      const total = alike.reduce((sum, { cosine }) => sum + cosine, 0)
      const sum = alike.reduce((weighted, { item, cosine }) => weighted + cosine * (scores[item] as number), 0)
      all[known + place] = (sum + shrinkage * lowest) / (total + shrinkage)
    })
    return all
  }
  return <Kind extends Recommender>(recommender: Kind): Kind => {
    const wrapped: Recommender = {
      name: recommender.name,
      score(history) {
        const scores = recommender.score(translate(history))
        return ArrayBuffer.isView(scores) ? extend(scores) : scores.then(extend)
      },
      close: async () => recommender.close?.(),
      update(growth) {
        if (recommender.update) return recommender.update(growth)
        growth.waiting.add(recommender.name)
        return withNewItems(known, growth.catalog.terms)(recommender)
      },
      ...(recommender.state && {
        state: () => ({
          kind: newItems,
          config: { known },
          parts: [recommender.state?.()].filter((part) => part !== undefined),
        }),
      }),
    }
    // A scorer, which answers at once, stays one.
    return wrapped as Kind
  }
}

function likesOf(item: number, known: number, texts: SparseRows, byTerm: SparseRows): Like[] {
  const cosines = new Float64Array(texts.rows)
  for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++) {
    addRow(cosines, byTerm, texts.columns[k] as number, texts.values[k] as number)
  }
  return largest(cosines.subarray(0, known), stands).flatMap((other) => {
    const cosine = cosines[other] as number
    return cosine > 0 ? [{ item: other, cosine }] : []
  })
}
