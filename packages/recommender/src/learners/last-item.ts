import type { Protocol } from '@headstart/core'
import { lastItems, type ShopData } from '../methods/shop-data.js'
import { askedFor } from '../shop/split-histories.js'
import { showComparison } from './show-comparison.js'

/**
 * Temporal leave-one-out, the full catalog ranked: settings and method are chosen by the interaction before the last of
 * each user; then each is fitted again with these and asked for the last one, once. With `split: 'time'` of the data it is a global
 * split by time instead.
 */
export const lastItem: Protocol<ShopData> = {
  measure: 'NDCG@10',
  pairs: 'questions',
  async *rounds(data, run) {
    // First, so that one hears of too few users before anything is fitted.
    await lastItems(data, run)
    yield {
      row: askedFor(data.split),
      columns: {},
      seed: run.seed,
      train: { ...data, heldOut: true },
      tests: { test: data },
    }
  },
  show: showComparison,
}
