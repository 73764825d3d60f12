import { type Dataset, FeatureCache, fineTune, type TuningOptions, universalSentenceEncoder } from '@headstart/nlp'
import { type Benchmark, atLeast, type Figure } from './figure.js'
import { spreadOf, withEmptyCache } from './measure.js'
import { domains, reviews } from './reviews.js'

const perClass = 16
const seeds = 5
/** Sentences of each kind that the models are measured on, none of which is trained on. */
const measured = 500

const tunings: Readonly<Record<string, TuningOptions>> = {
  'fine-tuned': { strategy: 'joint' },
  contrastive: { strategy: 'contrastive' },
}

/** What tuning the encoder adds to a head on the frozen one, with few sentences of each class. */
export const fineTuning: Benchmark = {
  title: `Fine-tuning with ${perClass} sentences per class, ${seeds} draws`,
  run: () =>
    withEmptyCache(async (directory) => {
      const cache = await FeatureCache.open({ directory })
      const backbone = await universalSentenceEncoder()
      const gains: Record<string, number[]> = {}
      const figures: Figure[] = []
      for (const domain of domains) {
        const cells: Record<string, number[]> = { frozen: [] }
        let seconds = 0
        for (let seed = 0; seed < seeds; seed++) {
          const { train, test } = draw(reviews([domain]), seed)
          const frozen = await (await fineTune(backbone, train, { seed, cache })).accuracy(test, { cache })
          cells['frozen']?.push(frozen)
          for (const [name, tuning] of Object.entries(tunings)) {
            const started = performance.now()
            const model = await fineTune(backbone, train, { ...tuning, seed, cache })
            seconds += (performance.now() - started) / 1000
            const accuracy = await model.accuracy(test, { cache: false })
            ;(cells[name] ??= []).push(accuracy)
            ;(gains[name] ??= []).push(accuracy - frozen)
          }
        }
        const inWords = Object.entries(cells).map(([name, values]) => {
          const { mean, sd } = spreadOf(values)
          return `${name} ${mean.toFixed(3)} (sd ${sd.toFixed(3)})`
        })
        const runs = seeds * Object.keys(tunings).length
        figures.push({ what: domain, measured: inWords.join(', '), beside: `${(seconds / runs).toFixed(1)} s a tuning; one class 0.5` })
      }
      const means = Object.entries(gains).map(([name, values]) => [name, 100 * spreadOf(values).mean] as const)
      const best = Math.max(...means.map(([, mean]) => mean))
      return [
        ...figures,
        atLeast('the better one over frozen', best, 2, 'mean over draws and kinds', ' points'),
        ...means.map(([name, mean]) => atLeast(`${name} over frozen`, mean, -1, 'never to be much worse', ' points')),
      ]
    }),
}

/** Some sentences to learn from, and others to measure on. */
function draw<Label extends string>(data: Dataset<string, Label>, seed: number) {
  const train = data.sample({ perClass, seed })
  const taken = new Set(train.inputs)
  const others = [...data.inputs.keys()].filter((row) => !taken.has(data.inputs[row] as string))
  return { train, test: data.subset(others).split({ test: measured / others.length, seed }).test }
}
