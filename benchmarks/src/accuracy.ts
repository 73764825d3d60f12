import { FeatureCache } from '@headstart/core'
import { fineTune, universalSentenceEncoder, zeroShot } from '@headstart/nlp'
import { bagOfWords } from '@headstart/nlp/kit'
import { type Benchmark, atLeast, type Figure } from './figure.js'
import { kShotAccuracy } from './k-shot.js'
import { spreadOf, withEmptyCache } from './measure.js'
import { domains, reviews } from './reviews.js'

/** Draws of the examples. With 8 per class one draw is off by 0.04, so that the mean of 60 is good to 0.005. */
const draws = 60
const seeds = 10
const shotTargets = new Map([
  [8, 0.72],
  [16, 0.76],
  [64, 0.83],
])
const unseenTargets = { amazon: 0.83, imdb: 0.79, yelp: 0.83 }

/** Accuracy on sentences never trained on: of the same kind of reviews, and of a kind never seen. */
export const accuracy: Benchmark = {
  title: `Accuracy of the network alone on sentences of reviews, ${draws} draws of examples`,
  run: () =>
    withEmptyCache(async (directory) => {
      const cache = await FeatureCache.open({ directory })
      // `few-shot` measures what stands beside it.
      const backbone = await universalSentenceEncoder({ knowledge: [] })
      const figures: Figure[] = []
      for (const domain of domains) {
        const data = reviews([domain])
        const right = await (await zeroShot(backbone, data.labels)).accuracy(data, { cache })
        figures.push({
          what: `no example, ${domain}`,
          measured: right.toFixed(3),
          beside: `the names ${data.labels.join(' and ')} alone; one class 0.5`,
        })
      }
      for (const [perClass, target] of shotTargets) {
        const means: number[] = []
        for (const domain of domains) {
          const data = reviews([domain])
          const frozen = await kShotAccuracy(() => backbone, data, { perClass, seeds: draws, cache })
          const none = await kShotAccuracy(bagOfWords, data, { perClass, seeds: draws, cache: undefined })
          means.push(frozen.mean)
          figures.push({
            what: `${perClass} per class, ${domain}`,
            measured: frozen.mean.toFixed(3),
            beside: `sd ${frozen.sd.toFixed(3)}; no transfer ${none.mean.toFixed(3)}, one class 0.5`,
          })
        }
        figures.push(
          atLeast(
            `${perClass} per class, mean of the three`,
            spreadOf(means).mean,
            target,
            'measured on all others of the kind; one class 0.5',
          ),
        )
      }
      for (const unseen of domains) {
        const train = reviews(domains.filter((domain) => domain !== unseen))
        const accuracies: number[] = []
        for (let seed = 0; seed < seeds; seed++) {
          const model = await fineTune(backbone, train, { seed, cache })
          accuracies.push(await model.accuracy(reviews([unseen]), { cache }))
        }
        const { mean, sd } = spreadOf(accuracies)
        const beside = `sd ${sd.toFixed(3)} over the folds' seeds; one class 0.5`
        figures.push(atLeast(`${unseen}, trained on ${train.name}`, mean, unseenTargets[unseen], beside))
      }
      return figures
    }),
}
