import type { Limits } from '../../api/types.js'
import { percent } from './words.js'

export interface ReliabilityBin {
  readonly said: number
  readonly right: number
  readonly count: number
  /** 95 % of `right`, by Wilson's interval. */
  readonly interval: readonly [number, number]
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[]
  /** Whether it is to be believed when it says how sure it is. */
  readonly verdict: string
}

/** How often answers are right, by how sure the model says it is. */
export function reliabilityOf({ said, right, count, error }: Limits['calibration']): Reliability {
  const bins = said.map((probability, place) => {
    const [share, n] = [right[place] ?? 0, count[place] ?? 0]
    return { said: probability, right: share, count: n, interval: wilson(Math.round(share * n), n) }
  })
  const total = bins.reduce((sum, bin) => sum + bin.count, 0)
  const over = bins.reduce((sum, bin) => sum + bin.count * (bin.said - bin.right), 0) / Math.max(1, total)
  return { bins, verdict: verdictOf(total, over, error) }
}

function verdictOf(total: number, over: number, error: number): string {
  if (total === 0) return 'Nothing has been measured yet.'
  if (Math.abs(over) >= 0.03)
    return over > 0
      ? `It is too sure of itself: on average it is right ${percent(over)} less often than it says.`
      : `It is too modest: on average it is right ${percent(-over)} more often than it says.`
  return error < 0.1
    ? 'You can take its word: how sure it is matches how often it is right.'
    : 'On the whole how sure it is matches how often it is right; single groups scatter, with so few answers in each.'
}

/** Wilson's 95 % interval of a share (Wilson, "Probable inference", 1927). */
export function wilson(hits: number, total: number): readonly [number, number] {
  if (total === 0) return [0, 1]
  const z = 1.959964
  const share = hits / total
  const center = share + (z * z) / (2 * total)
  const half = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))
  const scale = 1 + (z * z) / total
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)]
}
