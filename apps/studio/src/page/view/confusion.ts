import type { Confusion } from '../../api/types.js'
import { outOf } from './words.js'

export interface ConfusionCell {
  readonly given: string
  readonly predicted: string
  /** The examples that it stands for. */
  readonly ids: readonly string[]
  /** Share of the examples with this label. */
  readonly share: number
  readonly right: boolean
  /** What it says, in words. */
  readonly says: string
}

export interface ConfusionTable {
  readonly labels: readonly string[]
  /** Rows: given labels, columns: answers. */
  readonly rows: readonly (readonly ConfusionCell[])[]
  /** What is taken for what else, the most frequent first. */
  readonly mistakes: readonly ConfusionCell[]
  /** Number of labels that are not shown, since a matrix of all of them could not be read. */
  readonly left: number
  readonly says: string
}

/** More rows than these cannot be read: those that take part in most mistakes are shown. */
const MOST = 16

/** Which classes are taken for which. */
export function confusionTable({ labels, cells }: Confusion): ConfusionTable {
  const key = (given: string, predicted: string): string => JSON.stringify([given, predicted])
  const ids = new Map(cells.map((cell) => [key(cell.given, cell.predicted), cell.ids]))
  const totals = new Map<string, number>()
  for (const { given, ids } of cells) totals.set(given, (totals.get(given) ?? 0) + ids.length)
  const cellOf = (given: string, predicted: string): ConfusionCell => {
    const those = ids.get(key(given, predicted)) ?? []
    const total = totals.get(given) ?? 0
    const right = given === predicted
    return {
      given,
      predicted,
      ids: those,
      share: total === 0 ? 0 : those.length / total,
      right,
      says: `${outOf(those.length, total)} of ${given} ${right ? 'answered rightly' : `taken for ${predicted}`}`,
    }
  }
  const mistakes = cells
    .filter(({ given, predicted, ids }) => given !== predicted && ids.length > 0)
    .map(({ given, predicted }) => cellOf(given, predicted))
    .sort((a, b) => b.ids.length - a.ids.length || b.share - a.share)
  const shown = labels.length <= MOST ? labels : mostConfused(labels, mistakes)
  const [all, wrong] = [sum(cells.map(({ ids }) => ids.length)), sum(mistakes.map(({ ids }) => ids.length))]
  return {
    labels: shown,
    rows: shown.map((given) => shown.map((predicted) => cellOf(given, predicted))),
    mistakes,
    left: labels.length - shown.length,
    says: `${outOf(all - wrong, all)} held-out examples were answered rightly.`,
  }
}

function mostConfused(labels: readonly string[], mistakes: readonly ConfusionCell[]): readonly string[] {
  const chosen = new Set<string>()
  for (const { given, predicted } of mistakes) {
    if (chosen.size >= MOST - 1) break
    chosen.add(given).add(predicted)
  }
  for (const label of labels) if (chosen.size < MOST) chosen.add(label)
  return labels.filter((label) => chosen.has(label))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
