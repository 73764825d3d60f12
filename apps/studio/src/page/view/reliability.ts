import type { Limits } from '../../api/types.js'
import { count, percent } from './words.js'

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
export function reliabilityOf({ said, right, count: counts, error }: Limits['calibration']): Reliability {
  const bins = said.map((probability, place) => {
    const [share, n] = [right[place] ?? 0, counts[place] ?? 0]
    return { said: probability, right: share, count: n, interval: wilson(Math.round(share * n), n) }
  })
  const total = bins.reduce((sum, bin) => sum + bin.count, 0)
  const over = bins.reduce((sum, bin) => sum + bin.count * (bin.said - bin.right), 0) / Math.max(1, total)
  // As far as it would be off by chance were its word true: the standard deviation of a mean of coins of these probabilities.
  const chance =
    Math.sqrt(bins.reduce((sum, bin) => sum + bin.count * bin.said * (1 - bin.said), 0)) / Math.max(1, total)
  return { bins, verdict: verdictOf(bins, total, over, error, chance) }
}

function verdictOf(
  bins: readonly ReliabilityBin[],
  total: number,
  over: number,
  error: number,
  chance: number,
): string {
  if (total === 0) return 'Nothing has been measured yet.'
  if (Math.abs(over) > 1.96 * chance)
    return over > 0
      ? `It is too sure of itself: on average it is right ${percent(over)} less often than it says.`
      : `It is too modest: on average it is right ${percent(-over)} more often than it says.`
  const off = bins
    .filter(({ said, right, count }) => {
      const [low, high] = wilson(Math.round(right * count), count, 2.575829)
      return said < low || said > high
    })
    .toSorted((a, b) => Math.abs(b.said - b.right) - Math.abs(a.said - a.right))[0]
  if (off)
    return `On the whole it matches, but not everywhere: of ${count(off.count, 'answer')} that it is about ${percent(off.said)} sure of, ${percent(off.right)} are right.`
  return error < 0.1
    ? 'You can take its word: how sure it is matches how often it is right.'
    : `On the whole how sure it is matches how often it is right, as far as ${count(total, 'answer')} can tell.`
}

/** Wilson's interval of a share (Wilson, "Probable inference", 1927). @param z Quantile of the normal distribution. Default: of 95 %. */
export function wilson(hits: number, total: number, z = 1.959964): readonly [number, number] {
  if (total === 0) return [0, 1]
  const share = hits / total
  const center = share + (z * z) / (2 * total)
  const half = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))
  const scale = 1 + (z * z) / total
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)]
}
