import { DataError } from '../contract/errors.js'
import type { Run } from '../contract/run.js'
import type { Target } from '../contract/target.js'
import type { Shown } from '../contract/trained.js'
import type { Dataset } from '../data/dataset.js'
import { largeEnoughClasses } from '../data/large-enough-classes.js'
import { mean } from '../evaluate/metrics.js'
import { type CurvePoint, fitPowerLaw, type PowerLaw, scoreAt } from '../evaluate/power-law.js'
import { resolveCache } from '../features/cached-features.js'
import { random } from '../kit/random.js'
import { shown } from '../kit/shown.js'
import { textTable } from '../kit/text-table.js'
import { measureOf } from '../model/answers.js'
import type { ExampleLearner } from './backbone-learner.js'

/** Options of `learningCurve`. */
export interface LearningCurveOptions {
  /** How many labels more are asked about. Default: as many as there are. */
  readonly more?: number | undefined
}

/** A figure with its 95 % interval. */
export interface Expected {
  readonly mean: number
  readonly interval: readonly [low: number, high: number]
}

/** How the score rises with the number of labels. Plain JSON. */
export interface LearningCurve {
  readonly kind: string
  /** What the score is, higher is better: 'accuracy'. */
  readonly measure: string
  /** Mean score of held-out examples, by the number of examples that were learned from. */
  readonly points: readonly CurvePoint[]
  readonly law: PowerLaw
  /** With all examples, and with `more`. The interval holds the score of one model on new data. */
  readonly now: Expected & { readonly examples: number }
  readonly later: Expected & { readonly examples: number }
  /** How much higher the later score is. */
  readonly gain: Expected
  readonly verdict: string
}

/** Numbers of examples that are measured. */
const sizes = 6
/** Folds: each example is held out once in each round. */
const folds = 5
/** Resamples of the examples, for the intervals. */
const resamples = 400
/** Fewest examples of which a part can still be learned from. */
const fewest = 20

/**
 * Scores over the number of labels: in rounds of cross-validation models learn from growing parts of the examples and are asked
 * for those held out. An inverse power law through the means says what more labels would give. Its interval comes from resamples of the
 * examples, to each of which a law is fitted, and from how much models differ that learn from other examples.
 * @throws DataError for too few examples
 */
export async function learningCurve<Input>(
  learner: ExampleLearner<Input>,
  data: Dataset<Input, Target>,
  { more = data.size }: LearningCurveOptions,
  given: Run,
): Promise<LearningCurve & Shown> {
  // Opened once for all models: its index can be long.
  const run: Run = { ...given, cache: (await resolveCache(given)) ?? false }
  if (data.size < fewest) {
    const remedy = 'Label some more first: any will help.'
    throw new DataError(
      `data set "${data.name}"`,
      `at least ${fewest} examples, for a curve`,
      String(data.size),
      remedy,
    )
  }
  const rounds = Math.min(3, Math.max(2, Math.round(600 / data.size)))
  const counts = countsOf(data)
  // Summed over the rounds, for each number of examples and each example; and the mean of each round.
  const scores = counts.map(() => new Float64Array(data.size))
  const means = counts.map((): number[] => [])
  // The strength of a penalty that suits some examples suits as many others.
  const learners = counts.map(() => learner)
  for (let round = 0; round < rounds; round++) {
    const before = scores.map((own) => sumOf(own))
    for (const [number, fold] of data.folds(folds, run.seed + round).entries()) {
      const held = new Set(fold)
      const pool = data.subset([...data.examples.keys()].filter((row) => !held.has(row)))
      for (const [place, count] of counts.entries()) {
        run.signal?.throwIfAborted()
        const part = count >= pool.size ? pool : pool.split({ test: count / pool.size, seed: run.seed + round }).test
        const { measured, like } = await scoresOf(learners[place] ?? learner, part, data.subset(fold), run)
        learners[place] = like
        fold.forEach(
          (row, index) =>
            ((scores[place] as Float64Array)[row] = (scores[place]?.[row] ?? 0) + (measured[index] as number)),
        )
        const done = (round * folds + number) * counts.length + place + 1
        run.onEvent?.({ type: 'compare', done, total: rounds * folds * counts.length, method: learner.name })
      }
    }
    scores.forEach((own, place) => means[place]?.push((sumOf(own) - (before[place] as number)) / data.size))
  }
  const averages = scores.map((own) => own.map((sum) => sum / rounds))
  return shown(curveOf(data, counts, averages, spreadOf(means), rounds, more, run.seed), sayCurve)
}

/** Growing numbers of examples, up to those beside a fold. The smallest class has two or more where there is room. */
function countsOf(data: Dataset<unknown, Target>): number[] {
  const { size, kind } = data
  const most = Math.floor((size * (folds - 1)) / folds)
  const smallest = kind === 'classification' ? Math.min(...data.classCounts().values()) : size
  const least = Math.min(Math.max(Math.ceil((2 * size) / smallest), Math.ceil(most / 12)), Math.floor(most / 2))
  const steps = Array.from({ length: sizes }, (_, i) => Math.round(least * (most / least) ** (i / (sizes - 1))))
  return [...new Set(steps)]
}

/** Score of each example that was held out; of a class that is not among those learned from the least, 0. And who learns as that model did. */
async function scoresOf<Input>(
  learner: ExampleLearner<Input>,
  part: Dataset<Input, Target>,
  held: Dataset<Input, Target>,
  run: Run,
): Promise<{ readonly measured: Float64Array; readonly like: ExampleLearner<Input> }> {
  const quiet: Run = { ...run, onEvent: undefined }
  const model = await learner.fit(largeEnoughClasses(part, quiet), quiet)
  try {
    const isKnown = (target: Target): boolean =>
      typeof target === 'number' || [target].flat().every((label) => model.labels.includes(label))
    const rows = held.targets.flatMap((target, row) => (isKnown(target) ? [row] : []))
    const measured = new Float64Array(held.size)
    const like = learner.like?.(model) ?? learner
    if (rows.length === 0) return { measured, like }
    const { scores } = await model.measure(held.subset(rows), quiet)
    rows.forEach((row, index) => (measured[row] = scores[index] || 0))
    return { measured, like }
  } finally {
    await model.close()
  }
}

/** Standard deviation of a model's score over what it learned from, by the means of the rounds. */
function spreadOf(means: readonly (readonly number[])[]): number {
  // Of the larger half of the sizes: with fewer examples models differ more.
  const variances = means.slice(means.length >> 1).map((own) => {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    return own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (own.length - 1)
  })
  // A round is the mean of as many models as there are folds.
  return Math.sqrt((folds * variances.reduce((sum, value) => sum + value, 0)) / variances.length)
}

function curveOf(
  { size, kind }: Dataset<unknown, Target>,
  counts: readonly number[],
  averages: readonly Float64Array[],
  spread: number,
  rounds: number,
  more: number,
  seed: number,
): LearningCurve {
  const highest = kind === 'regression' ? 0 : 1
  const noise = Math.max(spread / Math.sqrt(folds * rounds), 1e-3)
  const pointsOf = (weights?: Uint32Array): CurvePoint[] =>
    averages.map((own, place) => ({ examples: counts[place] as number, score: mean(own, weights) }))
  const lawOf = (points: readonly CurvePoint[]): PowerLaw => fitPowerLaw(points, highest, noise)
  const points = pointsOf()
  const law = lawOf(points)

  const { below, normal } = random(seed)
  const [now, later, gain] = [[], [], []] as [number[], number[], number[]]
  for (let resample = 0; resample < resamples; resample++) {
    const weights = new Uint32Array(size)
    for (let draw = 0; draw < size; draw++) {
      const row = below(size)
      weights[row] = (weights[row] as number) + 1
    }
    // Other models would have been learned as well.
    const one = lawOf(pointsOf(weights).map((point) => ({ ...point, score: point.score + noise * normal() })))
    const [today, then] = [scoreAt(one, size), scoreAt(one, size + more)]
    now.push(today + spread * normal())
    later.push(then + spread * normal())
    gain.push(then - today)
  }
  const [today, then] = [scoreAt(law, size), scoreAt(law, size + more)]
  const curve = {
    kind,
    measure: measureOf[kind],
    points,
    law,
    now: { examples: size, ...expected(today, now, highest) },
    later: { examples: size + more, ...expected(then, later, highest) },
    gain: expected(then - today, gain, Number.POSITIVE_INFINITY),
  }
  const doubt = isOff(points, law, noise) ? ` ${misfitWarning}` : ''
  return { ...curve, verdict: `${verdictOf(curve, more)}${doubt}` }
}

const misfitWarning =
  'The scores do not follow the law by which this is foreseen: take it with caution. Copies among the examples can be why.'

/** Whether scores lie further off the law than chance, and than little beside what they rise by. */
function isOff(points: readonly CurvePoint[], law: PowerLaw, noise: number): boolean {
  const scores = points.map(({ score }) => score)
  const rise = Math.max(...scores) - Math.min(...scores)
  const most = Math.max(...points.map(({ examples, score }) => Math.abs(score - scoreAt(law, examples))))
  return most > Math.max(4 * noise, 0.1 * rise)
}

/** A mean with the middle 95 % of what resamples gave. */
function expected(mean: number, values: readonly number[], highest: number): Expected {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.min(sorted[Math.round(share * (sorted.length - 1))] as number, highest)
  return { mean, interval: [Math.min(at(0.025), mean), Math.max(at(0.975), mean)] }
}

function verdictOf({ gain, kind }: Pick<LearningCurve, 'gain' | 'kind'>, more: number): string {
  const isShare = kind !== 'regression'
  const say = (value: number): string => (isShare ? (100 * value).toFixed(1) : String(Number(value.toPrecision(3))))
  const [low, high] = gain.interval
  return `${more} more labels: +${say(gain.mean)}${isShare ? ' points' : ''} (${say(low)} to ${say(high)}).`
}

function sayCurve({ measure, points, now, later, verdict }: LearningCurve): string {
  const share = (value: number): string => value.toFixed(3)
  const foreseen = ({ examples, mean: score, interval }: LearningCurve['now']): string[] => [
    String(examples),
    share(score),
    interval.map(share).join(' to '),
  ]
  return [
    textTable([
      ['examples', measure, '95 % interval'],
      ...points.map(({ examples, score }) => [String(examples), share(score), '']),
      foreseen(now),
      foreseen(later),
    ]),
    verdict,
  ].join('\n')
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
