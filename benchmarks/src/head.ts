import { readFileSync } from 'node:fs'
import { FeatureCache } from '@headstart/core'
import { fineTune, universalSentenceEncoder } from '@headstart/nlp'
import { type Benchmark, atMost } from './figure.js'
import { withEmptyCache } from './measure.js'
import { reviews } from './reviews.js'

/** Optima of scikit-learn; the script that made them stands beside. */
const oracle = JSON.parse(readFileSync(new URL('../fixtures/head-losses.json', import.meta.url), 'utf8')) as {
  l2: number
  loss: number
}[]

/** The head's loss at its optimum, beside scikit-learn's LogisticRegression on the same features. */
export const head: Benchmark = {
  title: 'Loss of the linear head on 3,000 sentences, beside scikit-learn',
  run: () =>
    withEmptyCache(async (directory) => {
      const cache = await FeatureCache.open({ directory })
      const backbone = await universalSentenceEncoder()
      const figures = []
      for (const { l2, loss } of oracle) {
        let ours = Number.NaN
        await fineTune(backbone, reviews(), {
          l2,
          cache,
          onEvent: (event) => event.type === 'head' && (ours = event.loss),
        })
        const beside = `ours ${ours.toFixed(7)}, scikit-learn ${loss.toFixed(7)}`
        figures.push(atMost(`relative difference at l2 = ${l2}`, Math.abs(ours / loss - 1), 1e-4, beside))
      }
      return figures
    }),
}
