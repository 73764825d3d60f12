import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Dataset, FeatureCache } from '@headstart/core'
import { pairedDifference } from '@headstart/core/kit'
import { fineTune, readTextDataset, type TunableBackbone, universalSentenceEncoder } from '@headstart/nlp'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { spreadOf } from './measure.js'
import { domains, reviews } from './reviews.js'

const draws = 5
const usualShots = [8, 16, 64]
/** Of many classes fewer of each are many examples. */
const shotsOfMany = [5, 10]
const manyClasses = 50

/** What some sets should gain, in points: `[shots, points]`. */
const gains: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'mds-books': [[8, 6]],
  'mds-dvd': [[8, 6]],
  mpqa: [[8, 8]],
  trec6: [[16, 1]],
  'clinc-a': [
    [5, 2],
    [10, 2],
  ],
}
const reviewTargets = new Map([
  [8, 0.81],
  [16, 0.83],
  [64, 0.855],
])
/** Points that no set may lose at any size. */
const mostLost = 0.3
const calibrationTarget = 0.05

/** One set at one size, of which the network alone and what stands beside it learned the same draws. */
interface Cell {
  readonly name: string
  readonly shots: number
  readonly alone: readonly Measure[]
  readonly known: readonly Measure[]
}

interface Measure {
  readonly accuracy: number
  readonly calibrationError: number
  readonly seconds: number
  readonly beside: readonly string[]
}

/**
 * What a few examples give with knowledge beside the network and without, on the same draws: sentences of reviews, and folders
 * with train.csv and test.csv. Features are those of the feature cache.
 */
export function fewShot(folders: readonly string[]): Benchmark {
  return {
    title: `Few examples, ${draws} draws each: the network alone, and with what is known beside it`,
    async run() {
      const cache = await FeatureCache.open()
      const backbone = await universalSentenceEncoder()
      const cells: Cell[] = []
      for (const domain of domains)
        for (const shots of usualShots)
          cells.push(await cellOf(backbone, domain, reviews([domain]), undefined, shots, cache))
      const ofReviews = cells.slice()
      for (const folder of folders.flatMap(setsIn)) {
        const [train, test] = await Promise.all(
          ['train.csv', 'test.csv'].map((file) => readTextDataset(join(folder, file))),
        )
        if (!train || !test) continue
        const fewest = Math.min(...train.classCounts().values())
        for (const shots of train.labels.length > manyClasses ? shotsOfMany : usualShots)
          if (shots <= fewest) cells.push(await cellOf(backbone, basename(folder), train, test, shots, cache))
      }
      const means = [...reviewTargets].map(([shots, target]) => {
        const own = ofReviews.filter((cell) => cell.shots === shots)
        const mean = spreadOf(own.map(({ known }) => accuracyOf(known))).mean
        const alone = spreadOf(own.map((cell) => accuracyOf(cell.alone))).mean
        return atLeast(`reviews ${shots}, mean of the three`, mean, target, `alone ${alone.toFixed(3)}`)
      })
      const errors = cells.map(({ known }) => spreadOf(known.map(({ calibrationError }) => calibrationError)).mean)
      return [
        ...cells.flatMap(figuresOf),
        ...means,
        atMost('mean calibration error', spreadOf(errors).mean, calibrationTarget, `over ${cells.length} rows`),
      ]
    },
  }
}

function setsIn(folder: string): string[] {
  if (existsSync(join(folder, 'train.csv'))) return [folder]
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'train.csv')))
}

/** @param test Default: all that is not drawn. */
async function cellOf(
  backbone: TunableBackbone<string>,
  name: string,
  data: Dataset<string>,
  test: Dataset<string> | undefined,
  shots: number,
  cache: FeatureCache,
): Promise<Cell> {
  const cell = { name, shots, alone: [] as Measure[], known: [] as Measure[] }
  for (let seed = 0; seed < draws; seed++) {
    const train = data.sample({ perClass: shots, seed })
    const drawn = new Set(train.examples)
    const asked =
      test ?? data.subset([...data.examples.keys()].filter((row) => !drawn.has(data.examples[row] as never)))
    // So that neither waits for the network.
    await measured(backbone, train, asked, { seed, cache, l2: 1, knowledge: 'none' })
    cell.alone.push(await measured(backbone, train, asked, { seed, cache, knowledge: 'none' }))
    cell.known.push(await measured(backbone, train, asked, { seed, cache }))
  }
  return cell
}

async function measured(
  backbone: TunableBackbone<string>,
  train: Dataset<string>,
  asked: Dataset<string>,
  options: Parameters<typeof fineTune>[2] & { readonly cache: FeatureCache },
): Promise<Measure> {
  const started = performance.now()
  await using model = await fineTune(backbone, train, options)
  const seconds = (performance.now() - started) / 1000
  const { accuracy, calibrationError } = await model.evaluate(asked, { cache: options.cache })
  return { accuracy, calibrationError, seconds, beside: Object.keys(model.recipe.knowledge ?? {}) }
}

function accuracyOf(measures: readonly Measure[]): number {
  return spreadOf(measures.map(({ accuracy }) => accuracy)).mean
}

function figuresOf({ name, shots, alone, known }: Cell): Figure[] {
  const said = (measures: readonly Measure[]): string => {
    const { mean, sd } = spreadOf(measures.map(({ accuracy }) => accuracy))
    const error = spreadOf(measures.map(({ calibrationError }) => calibrationError)).mean
    const seconds = spreadOf(measures.map((one) => one.seconds)).mean
    return `${mean.toFixed(3)} ± ${sd.toFixed(3)} (calibration error ${error.toFixed(3)}, ${seconds.toFixed(2)} s)`
  }
  const counts = new Map<string, number>()
  for (const part of known.flatMap(({ beside }) => beside)) counts.set(part, (counts.get(part) ?? 0) + 1)
  const parts = [...counts].map(([part, count]) => `${part} ${count}/${known.length}`).join(', ')
  const { mean, margin } = pairedDifference(known.map((one, draw) => [one.accuracy, alone[draw]?.accuracy as number]))
  const target = gains[name]?.find(([size]) => size === shots)?.[1] ?? -mostLost
  const beside = `± ${(100 * margin).toFixed(1)}; ${said(known)}, alone ${said(alone)}; beside: ${parts || 'nothing'}`
  return [atLeast(`${name} ${shots} per class, points gained`, 100 * mean, target, beside)]
}
