import type { Random } from '../kit/random.js'

/** Numbers of the examples on each side, ascending. */
export interface Split {
  readonly train: number[]
  readonly test: number[]
}

/**
 * Splits each stratum (numbers of the examples of one class) by the same fraction; the sizes are rounded by the method
 * of the largest remainder, so that the whole is rounded once, not once per stratum. A stratum of two or more has at
 * least one example on each side; a single example stays in train.
 */
export function stratifiedSplit(strata: readonly (readonly number[])[], fraction: number, random: Random): Split {
  const counts = testCounts(
    strata.map((stratum) => stratum.length),
    fraction,
  )
  const shuffled = strata.map((stratum) => random.shuffle(stratum))
  return {
    train: ascending(shuffled.flatMap((stratum, index) => stratum.slice(counts[index]))),
    test: ascending(shuffled.flatMap((stratum, index) => stratum.slice(0, counts[index]))),
  }
}

function testCounts(sizes: readonly number[], fraction: number): number[] {
  const counts = sizes.map((size) => Math.max(Math.min(Math.floor(size * fraction), size - 1), Math.min(1, size - 1)))
  let missing = Math.round(sum(sizes) * fraction) - sum(counts)
  const candidates = sizes
    .map((size, index) => ({ index, remainder: size * fraction - (counts[index] as number), size }))
    .filter(({ index, remainder, size }) => remainder > 0 && (counts[index] as number) < size - 1)
    .sort((a, b) => b.remainder - a.remainder)
  for (const { index } of candidates) {
    if (missing-- <= 0) break
    counts[index] = (counts[index] as number) + 1
  }
  return counts
}

/**
 * Deals the shuffled strata into k folds, one example after the other as cards are dealt: the folds' sizes differ by
 * one at most, and so do their shares of each stratum.
 */
export function stratifiedFolds(strata: readonly (readonly number[])[], k: number, random: Random): number[][] {
  const folds = Array.from({ length: k }, (): number[] => [])
  strata.flatMap((stratum) => random.shuffle(stratum)).forEach((example, place) => folds[place % k]?.push(example))
  return folds.map(ascending)
}

/**
 * Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", 2011,
 * algorithm 1): the examples of the rarest label are placed first, each in the part that still wants most of that
 * label, for a common label can be balanced later and a rare one cannot. Unlike there, a part that has reached its
 * size takes no more, so the sizes are exact, and ties go to the part with most room.
 *
 * @param labelSets - the labels of each example
 * @param sizes - size of each part; together the number of examples
 */
export function iterativeStratification(
  labelSets: readonly (readonly string[])[],
  sizes: readonly number[],
  random: Random,
): number[][] {
  const parts = sizes.map((): number[] => [])
  const room = [...sizes]
  const order = random.shuffle([...labelSets.keys()])
  const waiting = new Map<string, Set<number>>()
  for (const example of order) {
    for (const label of labelSets[example] ?? []) {
      const examples = waiting.get(label)
      if (examples) examples.add(example)
      else waiting.set(label, new Set([example]))
    }
  }
  /** How many more examples of each label each part wants. */
  const wanted = new Map(
    [...waiting].map(([label, examples]) => [label, sizes.map((size) => (examples.size * size) / labelSets.length)]),
  )
  const place = (example: number, wish: readonly number[]): void => {
    const part = partFor(wish, room)
    parts[part]?.push(example)
    take(room, part)
    for (const label of new Set(labelSets[example])) {
      take(wanted.get(label) ?? [], part)
      waiting.get(label)?.delete(example)
    }
  }
  const placed = new Set<number>()
  for (let rarest = rarestOf(waiting); rarest !== undefined; rarest = rarestOf(waiting)) {
    for (const example of waiting.get(rarest) ?? []) {
      place(example, wanted.get(rarest) ?? [])
      placed.add(example)
    }
  }
  for (const example of order) if (!placed.has(example)) place(example, room)
  return parts.map(ascending)
}

/** The part that wants most among those with room; of equals, the one with most room. */
function partFor(wish: readonly number[], room: readonly number[]): number {
  const open = [...room.keys()].filter((part) => (room[part] as number) > 0)
  return open.reduce((best, part) => {
    const more = (wish[part] as number) - (wish[best] as number) || (room[part] as number) - (room[best] as number)
    return more > 0 ? part : best
  })
}

function rarestOf(waiting: ReadonlyMap<string, ReadonlySet<number>>): string | undefined {
  let rarest: string | undefined
  let fewest = Infinity
  for (const [label, examples] of waiting) {
    if (examples.size > 0 && examples.size < fewest) {
      rarest = label
      fewest = examples.size
    }
  }
  return rarest
}

function take(amounts: number[], part: number): void {
  amounts[part] = (amounts[part] as number) - 1
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
