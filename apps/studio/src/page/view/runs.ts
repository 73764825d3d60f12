import type { TrainedMethod } from '../../api/types.js'
import { duration, isError, isShare, percent, scored } from './words.js'

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
  const room = areErrors ? 0.05 * (Math.max(...bounds) - Math.min(...bounds)) : 0.02
  const low = areErrors ? Math.min(...bounds) - room : Math.max(0, Math.min(...bounds) - room)
  const high = Math.min(areErrors ? 0 : 1, Math.max(...bounds) + room)
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
    between: score?.interval ? betweenOf(score.measure, score.interval) : '',
    seconds: duration(seconds),
    failed,
    best: score !== null && score.value === best,
    kept: name === kept,
  }))
}

function betweenOf(measure: string, [low, high]: readonly [number, number]): string {
  if (isError(measure)) return `${Number((-high).toPrecision(3))} to ${Number((-low).toPrecision(3))}`
  return isShare(measure) ? `${(low * 100).toFixed(0)} to ${percent(high)}` : `${low.toFixed(3)} to ${high.toFixed(3)}`
}
