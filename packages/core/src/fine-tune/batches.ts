import type { Random } from '../kit/random.js'

/** One batch of a training: numbers of examples, and of the one to whose length they are padded. */
export interface Batch {
  readonly rows: readonly number[]
  /** An example at least as long as all in `rows`. */
  readonly longest: number
}

/** Neighboring lengths that batches are padded to differ by at least this factor. */
const lengthRatio = 1.4
/** Batches whose examples are sorted by length together. */
const windowBatches = 8

/**
 * The examples to whose length batches are padded: the longest of all, and ever shorter ones. As the shapes of batches
 * they are few, and padding costs at most the ratio between them.
 * @param costs Length of each example.
 */
export function lengthSteps(costs: readonly number[]): number[] {
  const longestFirst = [...costs.keys()].sort((a, b) => (costs[b] as number) - (costs[a] as number) || a - b)
  const steps: number[] = []
  for (const row of longestFirst) {
    const length = costs[row] as number
    const last = costs[steps.at(-1) ?? row] as number
    if (steps.length === 0 || (length < last && length * lengthRatio <= last)) steps.push(row)
  }
  return steps
}

/** The shortest of some steps (see `lengthSteps`) that is at least as long as all rows. */
export function stepFor(rows: readonly number[], costs: readonly number[], steps: readonly number[]): number {
  const length = Math.max(...rows.map((row) => costs[row] as number))
  return steps.findLast((step) => (costs[step] as number) >= length) as number
}

/**
 * One epoch of batches: every row once, in a random order in which examples of like length are neighbors, yet not
 * always the same ones. The last batch may be short.
 */
export function lengthBatches(
  rows: readonly number[],
  costs: readonly number[],
  steps: readonly number[],
  size: number,
  random: Random,
): Batch[] {
  const shuffled = random.shuffle(rows)
  const batches: Batch[] = []
  for (let first = 0; first < shuffled.length; first += size * windowBatches) {
    const window = shuffled
      .slice(first, first + size * windowBatches)
      .map((row) => ({ row, length: (costs[row] as number) * (1 + random.uniform()) }))
      .sort((a, b) => a.length - b.length)
      .map(({ row }) => row)
    for (let start = 0; start < window.length; start += size) {
      const part = window.slice(start, start + size)
      batches.push({ rows: part, longest: stepFor(part, costs, steps) })
    }
  }
  return random.shuffle(batches)
}

/**
 * One epoch of batches in which the classes have like shares, as a contrastive loss needs both pairs of one class and
 * of two: every row about once, rows of rare classes more often.
 * @param classes Class of each example.
 */
export function classBatches(
  rows: readonly number[],
  classes: readonly number[],
  costs: readonly number[],
  steps: readonly number[],
  size: number,
  random: Random,
): Batch[] {
  const byClass = new Map<number, number[]>()
  for (const row of rows) {
    const own = byClass.get(classes[row] as number)
    if (own) own.push(row)
    else byClass.set(classes[row] as number, [row])
  }
  const decks = [...byClass.values()].map((own) => ({ own, deck: random.shuffle(own) }))
  const deal = (hand: { own: number[]; deck: number[] }): number => {
    if (hand.deck.length === 0) hand.deck = random.shuffle(hand.own)
    return hand.deck.pop() as number
  }
  return Array.from({ length: Math.ceil(rows.length / size) }, () => {
    const hands = random.shuffle(decks)
    const part = Array.from({ length: Math.min(size, rows.length) }, (_, place) =>
      deal(hands[place % hands.length] as (typeof decks)[number]),
    )
    return { rows: part, longest: stepFor(part, costs, steps) }
  })
}
