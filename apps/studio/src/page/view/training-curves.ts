import type { JobState } from '../../api/types.js'

/** One curve of what is measured while it trains. */
export interface TrainingLine {
  readonly name: string
  readonly color: string
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
}

const measures = [
  { key: 'loss', name: 'loss', dashed: false },
  { key: 'heldOutLoss', name: 'held-out loss', dashed: true },
  { key: 'heldOutScore', name: 'held-out score', dashed: false },
] as const

/** Curves over epochs that share their places: of each method what was measured. */
export function trainingCurves(points: JobState['points']): {
  readonly x: readonly number[]
  readonly lines: readonly TrainingLine[]
} {
  const x = [...new Set(points.map(({ epoch }) => epoch))].sort((a, b) => a - b)
  const place = new Map(x.map((epoch, index) => [epoch, index]))
  const methods = [...new Set(points.map(({ method }) => method))]
  const lines = methods.flatMap((method, which) =>
    measures.flatMap(({ key, name, dashed }, kind) => {
      const values = x.map((): number | null => null)
      for (const point of points) if (point.method === method) values[place.get(point.epoch) ?? 0] = point[key]
      const color = `var(--c${(which * measures.length + kind) % 10})`
      // One value is no curve.
      return values.filter((value) => value !== null).length > 1
        ? [{ name: `${method}: ${name}`, color, values, dashed }]
        : []
    }),
  )
  return { x, lines }
}
