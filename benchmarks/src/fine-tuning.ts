import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FeatureCache } from '@headstart/core'
import {
  type Dataset,
  dataset,
  fineTune,
  readTextDataset,
  type TunableBackbone,
  type TuningOptions,
  universalSentenceEncoder,
} from '@headstart/nlp'
import { augmented, type ImageInput, mobileNetV2, readImageDataset } from '@headstart/vision'
import { atLeast, type Benchmark, type Figure } from './figure.js'
import { spreadOf, withEmptyCache } from './measure.js'
import { domains, reviews } from './reviews.js'

const seeds = 5
/** Texts that the models are measured on at most, none of which is trained on. */
const measured = 500
const [textsPerClass, picturesPerClass] = [16, 50]

const textTunings: Tunings = { 'fine-tuned': { strategy: 'joint' }, contrastive: { strategy: 'contrastive' } }
/** The last blocks, on flipped, cropped and recolored copies. */
const pictureTunings: Tunings = { 'fine-tuned with augmentation': { unfreeze: 4 } }

type Tunings = Readonly<Record<string, TuningOptions>>
type Draw<Input> = (seed: number) => Promise<{ train: Dataset<Input, string>; test: Dataset<Input, string> }>

/** What tuning the text encoder adds to a head on the frozen one, with few sentences of each class. */
export const fineTuning: Benchmark = {
  title: `Fine-tuning with ${textsPerClass} sentences per class, ${seeds} draws`,
  run: () =>
    withEmptyCache(async (directory) => {
      const cache = await FeatureCache.open({ directory })
      const backbone = await universalSentenceEncoder()
      const gains: Gains = {}
      const figures: Figure[] = []
      for (const domain of domains) {
        const data = reviews([domain])
        const draw = async (seed: number) => drawn(data, textsPerClass, seed)
        figures.push(await tuned(domain, backbone, draw, textTunings, cache, gains))
      }
      return [...figures, ...overFrozen(gains, 2)]
    }),
}

/** The same on data of one's own: a folder with train.csv and test.csv, or with one folder of pictures for each class. */
export function fineTuningFolder(folder: string): Benchmark {
  const isText = existsSync(join(folder, 'train.csv'))
  const perClass = isText ? textsPerClass : picturesPerClass
  return {
    title: `${basename(folder)}: fine-tuning with ${perClass} examples per class, ${seeds} draws`,
    run: () =>
      withEmptyCache(async (directory) => {
        const cache = await FeatureCache.open({ directory })
        const gains: Gains = {}
        const name = basename(folder)
        if (isText) {
          const [train, test] = await Promise.all([
            readTextDataset(join(folder, 'train.csv')),
            readTextDataset(join(folder, 'test.csv')),
          ])
          const fewer = measured < test.size ? test.split({ test: measured / test.size, seed: 0 }).test : test
          const draw = async (seed: number) => ({ train: train.sample({ perClass, seed }), test: fewer })
          return [
            await tuned(name, await universalSentenceEncoder(), draw, textTunings, cache, gains),
            ...overFrozen(gains, 2),
          ]
        }
        const data = dataset<ImageInput, string>((await readImageDataset(folder, { onNotice: console.error })).examples)
        const draw = async (seed: number) => drawn(data, perClass, seed)
        const copies = (train: typeof data) => augmented(train, { copies: 3 })
        return [
          await tuned(name, await mobileNetV2(), draw, pictureTunings, cache, gains, copies),
          ...overFrozen(gains, 1),
        ]
      }),
  }
}

/** Points of accuracy that each tuning adds to the frozen backbone, draw by draw. */
type Gains = Record<string, number[]>

/** Trains frozen and tuned on each draw. @param copies What the tuned one learns from instead. */
async function tuned<Input>(
  what: string,
  backbone: TunableBackbone<Input>,
  draw: Draw<Input>,
  tunings: Tunings,
  cache: FeatureCache,
  gains: Gains,
  copies: (train: Dataset<Input, string>) => Dataset<Input, string> = (train) => train,
): Promise<Figure> {
  const cells: Record<string, number[]> = { frozen: [] }
  let [seconds, kept] = [0, 0]
  for (let seed = 0; seed < seeds; seed++) {
    const { train, test } = await draw(seed)
    const frozen = await (await fineTune(backbone, train, { seed, cache })).accuracy(test, { cache })
    cells['frozen']?.push(frozen)
    for (const [name, tuning] of Object.entries(tunings)) {
      const started = performance.now()
      const model = await fineTune(backbone, copies(train), { ...tuning, seed, cache })
      seconds += (performance.now() - started) / 1000
      if (model.recipe.strategy !== 'head') kept++
      const accuracy = await model.accuracy(test, { cache: false })
      ;(cells[name] ??= []).push(accuracy)
      ;(gains[name] ??= []).push(100 * (accuracy - frozen))
    }
  }
  const inWords = Object.entries(cells).map(([name, values]) => {
    const { mean, sd } = spreadOf(values)
    return `${name} ${mean.toFixed(3)} (sd ${sd.toFixed(3)})`
  })
  const runs = seeds * Object.keys(tunings).length
  return {
    what,
    measured: inWords.join(', '),
    beside: `${kept} of ${runs} tunings beat frozen in validation, ${(seconds / runs).toFixed(1)} s each`,
  }
}

function overFrozen(gains: Gains, aim: number): Figure[] {
  const means = Object.entries(gains).map(([name, points]) => [name, spreadOf(points).mean] as const)
  return [
    atLeast(
      'the best one over frozen',
      Math.max(...means.map(([, mean]) => mean)),
      aim,
      'mean over all draws',
      ' points',
    ),
    ...means.map(([name, mean]) => atLeast(`${name} over frozen`, mean, -1, 'never to be much worse', ' points')),
  ]
}

/** Some examples to learn from, and others to measure on. */
function drawn<Input>(data: Dataset<Input, string>, perClass: number, seed: number) {
  const train = data.sample({ perClass, seed })
  const taken = new Set(train.inputs)
  const others = data.subset([...data.inputs.keys()].filter((row) => !taken.has(data.inputs[row] as Input)))
  return { train, test: measured < others.size ? others.split({ test: measured / others.size, seed }).test : others }
}
