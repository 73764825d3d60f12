import type { Weights } from './metrics.js'
import { random } from '../kit/random.js'

/** A 95 % confidence interval. */
export type Interval = readonly [low: number, high: number]

/** 97.5 % quantile of the standard normal distribution: 2.5 % on either side are outside. */
const z = 1.959963984540054

/**
 * Score interval of a proportion among `trials` independent ones (Wilson, "Probable Inference, the Law of Succession,
 * and Statistical Inference", 1927). Unlike p ± z·√(p(1-p)/n) it stays within [0, 1] and is honest for few trials.
 */
export function wilsonInterval(proportion: number, trials: number): Interval {
  const shrink = 1 + z ** 2 / trials
  const center = (proportion + z ** 2 / (2 * trials)) / shrink
  const half = (z / shrink) * Math.sqrt((proportion * (1 - proportion)) / trials + z ** 2 / (4 * trials ** 2))
  // At 0 and 1 the ends are exact; rounding must not move them past the proportion.
  return [Math.max(Math.min(center - half, proportion), 0), Math.min(Math.max(center + half, proportion), 1)]
}

/** Figures that can be computed with each example counted any number of times. */
export type Figures<Name extends string> = Readonly<Record<Name, (weights?: Weights) => number>>

/** Options of `bootstrapIntervals`. */
export interface BootstrapOptions {
  /** Same seed, same intervals. Default: 0. */
  readonly seed?: number | undefined
  /** Default: 1,000. */
  readonly resamples?: number | undefined
}

/**
 * Percentile bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3): the figures are
 * computed on resamples of the examples, drawn with replacement, and the middle 95 % of each are its interval. All
 * figures share the resamples. An interval is widened where it would not contain the figure itself: resampling adds
 * noise, and a figure that noise can only raise, such as calibration error, is higher on every resample.
 */
export function bootstrapIntervals<Name extends string>(
  examples: number,
  figures: Figures<Name>,
  { seed = 0, resamples = 1000 }: BootstrapOptions = {},
): Record<Name, Interval> {
  const names = Object.keys(figures) as Name[]
  const values = names.map(() => new Float64Array(resamples))
  const weights = new Uint32Array(examples)
  const { below } = random(seed)
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0)
    for (let draw = 0; draw < examples; draw++) {
      const chosen = below(examples)
      weights[chosen] = (weights[chosen] as number) + 1
    }
    names.forEach((name, index) => values[index]?.fill(figures[name](weights), resample, resample + 1))
  }
  const intervals = names.map((name, index): [Name, Interval] => {
    const sorted = (values[index] as Float64Array).sort()
    const figure = figures[name]()
    return [name, [Math.min(quantile(sorted, 0.025), figure), Math.max(quantile(sorted, 0.975), figure)]]
  })
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

/** Quantile of sorted values, linear between two of them (NumPy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] as number
  const high = sorted[Math.ceil(place)] as number
  return low + (place - Math.floor(place)) * (high - low)
}
