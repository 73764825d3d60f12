import type { History } from '../shop/histories.js'

/** Some scorers of one kind, which share what they are computed from: features about every item for a history. */
export interface FeatureSource {
  readonly names: readonly string[]
  /** How many of them, from the first on, give the same scores for every history. Default: none. */
  readonly constant?: number | undefined
  /** Writes the scores of all items into one row for each name, [items] each, that is zero before. Never NaN. */
  score(history: History, rows: readonly Float32Array[]): void | Promise<void>
}

/** What an item of a history counts by its age: 0 for the last one, 1 for the one before, and so on. */
export type Weighting = (age: number) => number

/** The weightings by which features looks at a history. */
export const weightings = {
  all: () => 1,
  recent: (age) => 0.8 ** age,
  last: (age) => (age === 0 ? 1 : 0),
  ten: (age) => (age < 10 ? 1 / (1 + age) : 0),
} as const satisfies Record<string, Weighting>

export type WeightingName = keyof typeof weightings

/** Calls `add` for every item of the history and every weighting by which it counts. */
export function forEachWeighted(
  { items }: History,
  names: readonly WeightingName[],
  add: (item: number, index: number, weight: number) => void,
): void {
  names.forEach((name, index) => {
    for (let place = 0; place < items.length; place++) {
      const weight = weightings[name](items.length - 1 - place)
      if (weight !== 0) add(items[place] as number, index, weight)
    }
  })
}
