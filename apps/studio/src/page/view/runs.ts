import type { Score, TrainedMethod } from '../../api/types.js'
import { duration, highestOf, isError, isShare, percent, scored } from './words.js'

export interface MethodRow {
  readonly name: string
  readonly description: string
  /** '84 %', or a dash. */
  readonly score: string
  /** Place of the interval and the score on the scale that all rows share, 0 to 1. */
  readonly bar: { readonly low: number; readonly high: number; readonly at: number } | undefined
  /** '79 to 88 %'. */
  readonly between: string
  readonly seconds: string
  readonly failed: string | null
  readonly best: boolean
  readonly kept: boolean
}

/** Rows of the table of methods, side by side on one scale. */
export function methodRows(methods: readonly TrainedMethod[], kept: string | undefined): readonly MethodRow[] {
  const bounds = methods.flatMap(({ score }) => (score ? (score.interval ?? [score.value, score.value]) : []))
  const areErrors = methods.some(({ score }) => score && isError(score.measure))
  const most = methods.reduce((top, { score }) => Math.max(top, score ? highestOf(score) : 0), 1)
  const room = areErrors ? 0.05 * (Math.max(...bounds) - Math.min(...bounds)) : 0.02 * most
  const low = areErrors ? Math.min(...bounds) - room : Math.max(0, Math.min(...bounds) - room)
  const high = Math.min(areErrors ? 0 : most, Math.max(...bounds) + room)
  const place = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5)
  const best = Math.max(...methods.map(({ score }) => score?.value ?? -Infinity))
  return methods.map(({ name, description, score, seconds, failed }) => ({
    name,
    description,
    score: score ? scored(score) : '–',
    bar: score
      ? {
          low: place(score.interval?.[0] ?? score.value),
          high: place(score.interval?.[1] ?? score.value),
          at: place(score.value),
        }
      : undefined,
    between: score?.interval ? betweenOf(score, score.interval) : '',
    seconds: duration(seconds),
    failed,
    best: score !== null && score.value === best,
    kept: name === kept,
  }))
}

function betweenOf(score: Score, [low, high]: readonly [number, number]): string {
  const { measure } = score
  if (isError(measure)) return `${Number((-high).toPrecision(3))} to ${Number((-low).toPrecision(3))}`
  if (isShare(measure)) return `${(low * 100).toFixed(0)} to ${percent(high)}`
  const digits = highestOf(score) === 1 ? 3 : 1
  return `${low.toFixed(digits)} to ${high.toFixed(digits)}`
}
