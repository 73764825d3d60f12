import { FeatureCache } from '@headstart/core'
import { fineTune, universalSentenceEncoder } from '@headstart/nlp'
import { type Benchmark, atLeast } from './figure.js'
import { median, secondsOf, withEmptyCache } from './measure.js'
import { reviews } from './reviews.js'

const rounds = 5

/** How much faster training is on data that the feature cache has seen. */
export const trainingAgain: Benchmark = {
  title: 'Training again on the same 3,000 sentences',
  async run() {
    const train = reviews()
    const times: { first: number; again: number }[] = []
    for (let round = 0; round < rounds; round++) {
      times.push(
        await withEmptyCache(async (directory) => {
          // As two runs of a program: each makes the backbone and opens the cache.
          const run = async (): Promise<unknown> =>
            fineTune(await universalSentenceEncoder(), train, { cache: await FeatureCache.open({ directory }) })
          return { first: await secondsOf(run), again: await secondsOf(run) }
        }),
      )
    }
    const seconds = (of: 'first' | 'again'): string => `${median(times.map((time) => time[of])).toFixed(2)} s`
    const ratio = median(times.map(({ first, again }) => first / again))
    return [
      atLeast('times faster than the first time', ratio, 10, `first ${seconds('first')}, again ${seconds('again')}`),
    ]
  },
}
