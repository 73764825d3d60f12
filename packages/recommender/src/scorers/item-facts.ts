import { type Catalog, categoriesOf } from '../shop/catalog.js'
import { historyWeights, type Scorer } from '../contract/scorer.js'

/** Options of `categoryAffinity` and `priceFit`. */
export interface ItemFactsOptions {
  /** What the item before the last counts, beside the last one's 1, and so on. Default: 0.9. */
  readonly decay?: number | undefined
}

/** The share of the history that is of an item's category, of several the largest; 0 for items without one. */
export function categoryAffinity({ items }: Catalog, { decay = 0.9 }: ItemFactsOptions = {}): Scorer {
  const categories = items.map(categoriesOf)
  return {
    name: 'category',
    score(history) {
      const weights = historyWeights(history, decay)
      const shares = new Map<string, number>()
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      history.items.forEach((item, place) => {
        for (const category of categories[item] ?? [])
          shares.set(category, (shares.get(category) ?? 0) + (weights[place] as number) / total)
      })
      return Float32Array.from(categories, (mine) => Math.max(0, ...mine.map((category) => shares.get(category) ?? 0)))
    },
    state: () => ({ kind: 'category', config: { decay } }),
  }
}

/**
 * How near the price of an item is to what the user paid: minus the distance of its logarithm to the mean logarithm of the
 * history; 0 for the nearest. Items without a price, and all of them where the history has none, stand at the mean
 * distance of the others.
 */
export function priceFit({ items }: Catalog, { decay = 0.9 }: ItemFactsOptions = {}): Scorer {
  const logs = Float64Array.from(items, ({ price }) =>
    price !== undefined && price > 0 ? Math.log(price) : Number.NaN,
  )
  return {
    name: 'price',
    score(history) {
      const weights = historyWeights(history, decay)
      let [sum, total] = [0, 0]
      history.items.forEach((item, place) => {
        const log = logs[item] ?? Number.NaN
        if (Number.isNaN(log)) return
        sum += (weights[place] as number) * log
        total += weights[place] as number
      })
      if (total === 0) return new Float32Array(items.length)
      const scores = Float32Array.from(logs, (log) => -Math.abs(log - sum / total))
      const priced = scores.filter((score) => !Number.isNaN(score))
      const mean = priced.reduce((all, score) => all + score, 0) / priced.length
      return scores.map((score) => (Number.isNaN(score) ? mean : score))
    },
    state: () => ({ kind: 'price', config: { decay } }),
  }
}
