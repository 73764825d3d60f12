import { OptionError } from '../contract/errors.js'
import { bootstrapIntervals, type Interval, wilsonInterval } from './interval.js'

/** What a detector said of some examples: a score each, higher for "it is one", and the truth. */
export interface Detections {
  readonly scores: readonly number[]
  readonly truth: readonly boolean[]
}

/** How well one thing is told from everything else. */
export interface DetectionFigures {
  /** Share of the examples found that are one: it was right when it said so. 0 where it never said so. */
  readonly precision: number
  /** Share of those that are one which were found. */
  readonly recall: number
  /** Harmonic mean of precision and recall. */
  readonly f1: number
  /** Area under precision over recall, whatever the threshold. */
  readonly averagePrecision: number
}

/** A detector's figures at a threshold, with 95 % intervals, beside the naive baseline. Plain JSON. */
export interface DetectionReport extends DetectionFigures {
  readonly examples: number
  /** Number of examples that are one. */
  readonly positives: number
  /** A score of at least this counts as found. */
  readonly threshold: number
  /** Wilson's for precision and recall, bootstrap for the others. */
  readonly intervals: { readonly [Name in keyof DetectionFigures]: Interval }
  /** Finds everything: its precision and average precision are the share of positives. */
  readonly baseline: DetectionFigures
}

/**
 * Measures a detector at a threshold that was chosen on other examples (see `chooseThreshold`).
 * @param seed Of the bootstrap intervals. Default 0.
 * @throws OptionError where scores and truth differ in number, a score is not finite, or no example is one
 */
export function reportDetection(detections: Detections, threshold: number, seed = 0): DetectionReport {
  check('reportDetection', detections)
  const { scores, truth } = detections
  const ranking = rank(scores)
  const resampled = {
    f1(weights?: Uint32Array): number {
      const { hits, found, positives } = tally(detections, threshold, weights)
      return hits === 0 ? 0 : (2 * hits) / (found + positives)
    },
    averagePrecision: (weights?: Uint32Array): number => averagePrecisionOf(ranking, truth, weights),
  }
  const { hits, found, positives } = tally(detections, threshold)
  const [precision, recall, share] = [found === 0 ? 0 : hits / found, hits / positives, positives / truth.length]
  return {
    examples: truth.length,
    positives,
    threshold,
    precision,
    recall,
    f1: resampled.f1(),
    averagePrecision: resampled.averagePrecision(),
    intervals: {
      precision: wilsonInterval(precision, Math.max(found, 1)),
      recall: wilsonInterval(recall, positives),
      ...bootstrapIntervals(truth.length, resampled, { seed }),
    },
    baseline: { precision: share, recall: 1, f1: (2 * share) / (1 + share), averagePrecision: share },
  }
}

/**
 * The threshold of the highest F1, half-way to the next lower score. Choose it on examples that are neither trained on
 * nor measured on.
 * @throws OptionError as `reportDetection`
 */
export function chooseThreshold(detections: Detections): number {
  check('chooseThreshold', detections)
  const { scores, truth } = detections
  const positives = truth.filter(Boolean).length
  let best = { f1: 0, threshold: 0.5 }
  let [hits, found] = [0, 0]
  const ranking = rank(scores)
  ranking.forEach((group, place) => {
    hits += group.filter((index) => truth[index]).length
    found += group.length
    const f1 = (2 * hits) / (found + positives)
    const score = scores[group[0] as number] as number
    const next = ranking[place + 1]?.[0]
    if (f1 > best.f1) best = { f1, threshold: next === undefined ? score : (score + (scores[next] as number)) / 2 }
  })
  return best.threshold
}

/**
 * Average precision: Σ (recall_k - recall_k-1) · precision_k over the scores from the highest down, equal scores
 * together, without interpolation (scikit-learn's `average_precision_score`).
 * @throws OptionError as `reportDetection`
 */
export function averagePrecision(detections: Detections): number {
  check('averagePrecision', detections)
  return averagePrecisionOf(rank(detections.scores), detections.truth)
}

/** Numbers of the examples from the highest score down, those of equal scores in one group. */
function rank(scores: readonly number[]): number[][] {
  const groups: number[][] = []
  let last: number | undefined
  for (const index of [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number))) {
    if (scores[index] === last) groups.at(-1)?.push(index)
    else groups.push([index])
    last = scores[index]
  }
  return groups
}

function averagePrecisionOf(ranking: readonly number[][], truth: readonly boolean[], weights?: Uint32Array): number {
  let [hits, found, area] = [0, 0, 0]
  for (const group of ranking) {
    let more = 0
    for (const index of group) {
      const weight = weights ? (weights[index] as number) : 1
      found += weight
      if (truth[index]) more += weight
    }
    hits += more
    if (more > 0) area += (more * hits) / found
  }
  // A resample without a positive says nothing.
  return hits === 0 ? 0 : area / hits
}

function tally({ scores, truth }: Detections, threshold: number, weights?: Uint32Array) {
  let [hits, found, positives] = [0, 0, 0]
  scores.forEach((score, index) => {
    const weight = weights ? (weights[index] as number) : 1
    if (score >= threshold) found += weight
    if (!truth[index]) return
    positives += weight
    if (score >= threshold) hits += weight
  })
  return { hits, found, positives }
}

function check(who: string, { scores, truth }: Detections): void {
  if (scores.length !== truth.length) {
    throw new OptionError(
      who,
      `a score for each of ${truth.length} examples`,
      String(scores.length),
      'Pass both in one order.',
    )
  }
  const bad = scores.find((score) => !Number.isFinite(score))
  if (bad !== undefined) throw new OptionError(who, 'finite scores', String(bad), 'Check what the model was given.')
  if (!truth.includes(true)) {
    throw new OptionError(who, 'at least one example that is to be found', `${truth.length} that are not`, 'Add some.')
  }
}
