import type { JobState } from '../../api/types.js'

type Points = JobState['points']

/** One curve of what is measured while it trains. */
export interface TrainingLine {
  /** Empty for those of earlier runs, which stand faintly behind the one under way. */
  readonly name: string
  readonly color: string
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
  /** A dot at each value, where there are few. */
  readonly marked?: boolean
  readonly faint?: boolean
}

/** Curves that share their places. */
export interface TrainingPlot {
  /** 'loss', 'held-out score' */
  readonly measure: string
  /** Epochs. */
  readonly x: readonly number[]
  readonly lines: readonly TrainingLine[]
  /** Where the axis ends: it stays where it is while the curves grow. */
  readonly epochs: number
  /** The highest score that there can be. */
  readonly most?: number
}

const plots = [
  { measure: 'loss', kinds: ['loss', 'heldOutLoss'] },
  // Accuracy, and the like.
  { measure: 'held-out score', kinds: ['heldOutScore'], most: 1 },
] as const
/** Values with a dot at each. */
const fewMarks = 12
const names = { loss: 'loss', heldOutLoss: 'held-out loss', heldOutScore: 'held-out score' }

/** What was measured over the epochs of each run, losses and scores apart: they have no scale in common. */
export function trainingPlots(points: Points): readonly TrainingPlot[] {
  const methods = [...new Set(points.map(({ method }) => method))]
  return plots.flatMap(({ measure, kinds, ...scale }) => {
    const measured = points.filter((point) => kinds.some((kind) => point[kind] !== null))
    const x = [...new Set(measured.map(({ epoch }) => epoch))].sort((a, b) => a - b)
    const lines = methods.flatMap((method, which) => {
      const own = measured.filter((point) => point.method === method)
      const last = Math.max(...own.map(({ run }) => run))
      return kinds.flatMap((kind, place) => {
        const isDrawn = own.filter((point) => point[kind] !== null)
        const latest = Math.max(...isDrawn.map(({ run }) => run))
        return [...new Set(isDrawn.map(({ run }) => run))].flatMap((run): TrainingLine[] => {
          const values = valuesOf(
            x,
            isDrawn.filter((point) => point.run === run),
            kind,
          )
          const count = values.filter((value) => value !== null).length
          // One value is no curve, but the first answer for what is held out.
          const isHeldOut = kind !== 'loss'
          if (count < (isHeldOut ? 1 : 2)) return []
          const color = `var(--c${which % 10})`
          const name = run === latest ? `${method}: ${names[kind]}` : ''
          return [{ name, color, values, dashed: place > 0, marked: isHeldOut && count <= fewMarks, faint: run < last }]
        })
      })
    })
    if (lines.length === 0) return []
    return [{ ...scale, measure, x, lines, epochs: Math.max(...measured.map(({ epochs }) => epochs)) }]
  })
}

function valuesOf(
  x: readonly number[],
  points: Points,
  kind: 'loss' | 'heldOutLoss' | 'heldOutScore',
): (number | null)[] {
  const at = new Map(points.map((point) => [point.epoch, point[kind]]))
  return x.map((epoch) => at.get(epoch) ?? null)
}
