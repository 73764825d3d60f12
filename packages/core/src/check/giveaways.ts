/** Something beside the content that says the label. */
export interface Giveaway {
  /** Name of a column, or of a trait of the inputs. */
  readonly name: string
  /** Share of the examples whose label the others of the same value say. */
  readonly share: number
  /** The same without it: the share of the most frequent label. */
  readonly baseline: number
}

/** A value says the label where this share of the examples is said right by the others that have it. */
const saying = 0.95
/** And where so much of what is said wrong without it is said right. */
const gain = 0.8

/**
 * Columns whose value says the label, as is seen by leaving each example out: its label is guessed to be the most frequent of the other
 * examples with the same value. Values that occur once say nothing, so that numbers of rows and texts are none.
 * @param columns The values of each example, by the name of their column.
 */
export function giveawaysIn(columns: ReadonlyMap<string, readonly string[]>, labels: readonly string[]): Giveaway[] {
  const totals = tally(labels)
  const baseline = Math.max(...totals.values()) / labels.length
  const found: Giveaway[] = []
  for (const [name, values] of columns) {
    const byValue = new Map<string, Map<string, number>>()
    values.forEach((value, row) => {
      const counts = byValue.get(value) ?? new Map<string, number>()
      byValue.set(value, counts)
      counts.set(labels[row] as string, (counts.get(labels[row] as string) ?? 0) + 1)
    })
    const right = values.filter((value, row) =>
      isSaid(byValue.get(value) as Map<string, number>, labels[row] as string),
    )
    const share = right.length / labels.length
    if (share >= saying && share - baseline >= gain * (1 - baseline)) found.push({ name, share, baseline })
  }
  return found
}

/** Whether the most frequent label of the others is this one. */
function isSaid(counts: ReadonlyMap<string, number>, label: string): boolean {
  const own = (counts.get(label) as number) - 1
  if (own === 0) return false
  for (const [other, count] of counts) if (other !== label && count >= own) return false
  return true
}

function tally(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}
