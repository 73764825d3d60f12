import type { Confusion, Limits, Misses } from '../api/look.js'
import type { HeldOut } from '../project/history.js'

/** Cells of the confusion matrix, with the examples in each. */
export function confusionOf({ run, questions }: HeldOut): Confusion {
  const labels = labelsOf(questions)
  const cells = new Map<string, { given: string; predicted: string; ids: string[] }>()
  for (const { id, label, predicted } of questions) {
    const key = JSON.stringify([label, predicted])
    const cell = cells.get(key) ?? { given: label, predicted, ids: [] }
    cell.ids.push(id)
    cells.set(key, cell)
  }
  return { run, labels, cells: [...cells.values()] }
}

/** Answers that are shown as furthest off. */
const shownMisses = 50

/** The held-out answers that were furthest off; right ones are none. */
export function missesOf({ run, questions }: HeldOut): Misses {
  const worst = questions
    .filter(({ label, predicted, score }) => score !== null && label !== predicted)
    .map(({ id, label, predicted, score }) => ({ id, given: label, answered: predicted, score: score as number }))
    .sort((a, b) => a.score - b.score)
  return { run, examples: questions.length, worst: worst.slice(0, shownMisses) }
}

/** Bins of a probability, for the calibration. */
const bins = 10

/** What thresholds cost, by what was answered about examples that were held out. */
export function limitsOf({ run, questions }: HeldOut): Limits {
  const labels = labelsOf(questions)
  const sure = questions.map(({ probabilities }) => Math.max(0, ...Object.values(probabilities)))
  const right = questions.map(({ label, predicted }) => label === predicted)
  return {
    run,
    confidence: refusing(sure, right),
    calibration: calibrationOf(sure, right),
    detection: labels.length === 2 ? detectionOf(labels.at(-1) as string, questions) : null,
    familiarity: familiarityOf(questions, right),
  }
}

function labelsOf(questions: HeldOut['questions']): string[] {
  return [...new Set(questions.flatMap(({ label, predicted }) => [label, predicted]))].sort()
}

/** Answers of at least each threshold are given. */
function refusing(sure: readonly number[], right: readonly boolean[]): Limits['confidence'] {
  const threshold = Array.from({ length: 101 }, (_, at) => at / 100)
  const given = threshold.map((least) => right.filter((_, place) => (sure[place] as number) >= least))
  return {
    threshold,
    refused: given.map((some) => 1 - some.length / Math.max(right.length, 1)),
    risk: given.map((some) => (some.length === 0 ? null : some.filter((one) => !one).length / some.length)),
  }
}

/** Expected calibration error over bins of one width (Naeini, Cooper and Hauskrecht, 2015). */
function calibrationOf(sure: readonly number[], right: readonly boolean[]): Limits['calibration'] {
  const all = Array.from({ length: bins }, (_, bin) =>
    [...sure.keys()].filter((place) => Math.min(bins - 1, Math.floor((sure[place] as number) * bins)) === bin),
  ).filter((places) => places.length > 0)
  const mean = (places: readonly number[], of: (place: number) => number): number =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length
  const said = all.map((places) => mean(places, (place) => sure[place] as number))
  const rightOf = all.map((places) => mean(places, (place) => Number(right[place])))
  const count = all.map((places) => places.length)
  const error = said.reduce(
    (sum, value, bin) => sum + ((count[bin] as number) / sure.length) * Math.abs(value - (rightOf[bin] as number)),
    0,
  )
  return { said, right: rightOf, count, error: sure.length === 0 ? 0 : error }
}

function detectionOf(label: string, questions: HeldOut['questions']): NonNullable<Limits['detection']> {
  const threshold = Array.from({ length: 101 }, (_, at) => at / 100)
  const wanted = questions.filter((one) => one.label === label).length
  const found = threshold.map((least) => questions.filter(({ probabilities }) => (probabilities[label] ?? 0) >= least))
  const hits = found.map((some) => some.filter((one) => one.label === label).length)
  return {
    label,
    threshold,
    precision: found.map((some, at) => (some.length === 0 ? null : (hits[at] as number) / some.length)),
    recall: hits.map((some) => some / Math.max(wanted, 1)),
  }
}

function familiarityOf(questions: HeldOut['questions'], right: readonly boolean[]): Limits['familiarity'] {
  const scores = questions.map(({ familiarity }) => familiarity)
  if (scores.length === 0 || scores.some((score) => score === null)) return null
  const all = scores as number[]
  const sorted = all.toSorted((a, b) => a - b)
  const [low, high] = [sorted[0] as number, sorted.at(-1) as number]
  const threshold = Array.from({ length: 101 }, (_, at) => low + ((high - low) * at) / 100)
  const errors = right.filter((one) => !one).length
  const below = threshold.map((least) => [...all.keys()].filter((place) => (all[place] as number) < least))
  const known = all.filter((_, place) => questions[place]?.known !== false)
  return {
    threshold,
    refused: below.map((places) => places.length / all.length),
    errorsSaved: below.map((places) => (errors === 0 ? 0 : places.filter((place) => !right[place]).length / errors)),
    // Between the least familiar that is known and the most familiar that is not.
    usual: known.length === 0 ? high : Math.min(...known),
  }
}
