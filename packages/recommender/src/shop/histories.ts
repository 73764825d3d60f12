import { OptionError } from '@headstart/core/load'
import { defaultThreshold, type Interactions } from './interactions.js'

/** What one user took, oldest first. */
export interface History {
  /** Numbers of the items in the catalog. */
  readonly items: Int32Array
  /** One for each item, never falling. Seconds since 1970, or numbers that only order. */
  readonly times: Float64Array
  /** How much each counts, beside 1 for the mean of all; undefined where all count alike. */
  readonly weights?: Float32Array | undefined
}

/**
 * The histories of all users as one sparse matrix (compressed rows): what user `u` took is
 * `items[starts[u]]` to `items[starts[u + 1] - 1]`, oldest first.
 */
export class Histories {
  #distinct: Histories | undefined

  constructor(
    /** Items in the catalog. */
    readonly itemCount: number,
    /** `[users + 1]` */
    readonly starts: Int32Array,
    /** `[interactions]` */
    readonly items: Int32Array,
    /** `[interactions]` */
    readonly times: Float64Array,
    /** `[users]`: number of each user in the interactions these were made of. */
    readonly users: Int32Array,
    /** `[interactions]`: see `History.weights`. */
    readonly weights?: Float32Array | undefined,
  ) {}

  /** Number of users. */
  get length(): number {
    return this.users.length
  }

  /** The history of the user in place `place`, as a view. */
  at(place: number): History {
    return this.first(place, this.lengthOf(place))
  }

  /** The oldest `count` interactions of the user in place `place`, as a view. */
  first(place: number, count: number): History {
    const start = this.starts[place] as number
    return part(this, start, start + count)
  }

  lengthOf(place: number): number {
    return (this.starts[place + 1] as number) - (this.starts[place] as number)
  }

  /** The users for whom `lengthOf` gives a number from 0 on, each with as many of their oldest interactions. */
  truncate(lengthOf: (history: History, place: number) => number): Histories {
    const kept: { user: number; history: History }[] = []
    for (let place = 0; place < this.length; place++) {
      const length = lengthOf(this.at(place), place)
      if (length >= 0) kept.push({ user: this.users[place] as number, history: this.first(place, length) })
    }
    return join(this.itemCount, kept)
  }

  /** Of each user the latest `count` interactions at most. */
  latest(count: number): Histories {
    const isLonger = (_: number, place: number): boolean => this.lengthOf(place) > count
    if (!this.users.some(isLonger)) return this
    return join(
      this.itemCount,
      Array.from(this.users, (user, place) => {
        const history = this.at(place)
        return { user, history: part(history, Math.max(history.items.length - count, 0)) }
      }),
    )
  }

  /** Each item once in each history: see `distinct`. */
  distinct(): Histories {
    // Kept: what is fitted to them is found again by them.
    return (this.#distinct ??= join(
      this.itemCount,
      Array.from(this.users, (user, place) => ({ user, history: distinct(this.at(place)) })),
    ))
  }

  /** Number of interactions with each item, [items]. */
  popularity(): Float64Array {
    const counts = new Float64Array(this.itemCount)
    for (const item of this.items) counts[item] = (counts[item] as number) + 1
    return counts
  }
}

/** The interactions from one place to another, as a view. */
function part({ items, times, weights }: History, from: number, to?: number): History {
  const both = { items: items.subarray(from, to), times: times.subarray(from, to) }
  return weights ? { ...both, weights: weights.subarray(from, to) } : both
}

/** Each item once, where it stands last: what was taken again counts as taken then. */
export function distinct(history: History): History {
  const { items, times, weights } = history
  const last = new Map<number, number>()
  items.forEach((item, place) => last.set(item, place))
  if (last.size === items.length) return history
  const isLast = (_: number, place: number): boolean => last.get(items[place] as number) === place
  return { items: items.filter(isLast), times: times.filter(isLast), weights: weights?.filter(isLast) }
}

function join(itemCount: number, kept: readonly { user: number; history: History }[]): Histories {
  const starts = new Int32Array(kept.length + 1)
  kept.forEach(({ history }, place) => (starts[place + 1] = (starts[place] as number) + history.items.length))
  const items = new Int32Array(starts[kept.length] as number)
  const times = new Float64Array(items.length)
  const weights = kept.some(({ history }) => history.weights) ? new Float32Array(items.length).fill(1) : undefined
  kept.forEach(({ history }, place) => {
    items.set(history.items, starts[place])
    times.set(history.times, starts[place])
    if (history.weights) weights?.set(history.weights, starts[place])
  })
  return new Histories(
    itemCount,
    starts,
    items,
    times,
    Int32Array.from(kept, ({ user }) => user),
    weights,
  )
}

/**
 * Histories of which some are others now, by their places, or gone where undefined, with more at their end; users are numbered anew. What
 * stays is copied as it lies, many users at once.
 */
export function replaced(
  histories: Histories,
  others: ReadonlyMap<number, History | undefined>,
  more: readonly History[],
  itemCount: number,
): Histories {
  const added = [...others.values(), ...more].filter((history) => history !== undefined)
  const most = added.reduce((sum, { items }) => sum + items.length, histories.items.length)
  const weighs = histories.weights !== undefined || added.some(({ weights }) => weights !== undefined)
  const starts = new Int32Array(histories.length + more.length + 1)
  const [items, times] = [new Int32Array(most), new Float64Array(most)]
  const weights = weighs ? new Float32Array(most).fill(1) : undefined
  let [users, length] = [0, 0]
  /** Appends some interactions, of one user after the other: where each one's end is, counted from the first. */
  const append = (history: History, ends: ArrayLike<number>): void => {
    items.set(history.items, length)
    times.set(history.times, length)
    if (history.weights) weights?.set(history.weights, length)
    for (let user = 0; user < ends.length; user++) starts[++users] = length + (ends[user] as number)
    length += history.items.length
  }
  const stay = (from: number, to: number): void => {
    const [begin, end] = [histories.starts[from] as number, histories.starts[to] as number]
    const ends = histories.starts.slice(from + 1, to + 1).map((start) => start - begin)
    append(part(histories, begin, end), ends)
  }
  let from = 0
  for (const place of [...others.keys()].sort((a, b) => a - b)) {
    stay(from, place)
    const history = others.get(place)
    if (history) append(history, [history.items.length])
    from = place + 1
  }
  stay(from, histories.length)
  for (const history of more) append(history, [history.items.length])
  return new Histories(
    itemCount,
    starts.subarray(0, users + 1),
    items.subarray(0, length),
    times.subarray(0, length),
    Int32Array.from({ length: users }, (_, user) => user),
    weights?.subarray(0, length),
  )
}

/** Options of `positives`. */
export interface PositivesOptions {
  /** The least value that counts as liked. Default: see `defaultThreshold`. */
  readonly threshold?: number | undefined
  /** Leave users with fewer positives out. Default: 1. */
  readonly minimum?: number | undefined
  /** Keep every time that a user took an item, not the first alone; rows of one time are one. Default: false. */
  readonly repeats?: boolean | undefined
}

/** Says of a row whether it is liked or bought. */
function positiveRows({ value }: Interactions, threshold: number): (row: number) => boolean {
  const least = Math.abs(threshold) > 1e-30 ? Math.fround(threshold) : threshold
  return (row) => {
    const given = value?.[row] ?? Number.NaN
    // Values are kept in single precision, in which 5.6 is a little less than 5.6.
    return Number.isNaN(given) || given >= least
  }
}

/** How many rows are liked or bought, whether or not the user took the item before. */
export function countPositives(interactions: Interactions, threshold = defaultThreshold(interactions)): number {
  const isPositive = positiveRows(interactions, threshold)
  return interactions.item.reduce((count, _, row) => count + (isPositive(row) ? 1 : 0), 0)
}

/**
 * What users liked or bought, by user and time. Interactions of one user at one time keep the order of the file. An
 * empty value counts as liked: the row is all that is known.
 * @param itemCount Items in the catalog.
 * @throws OptionError for a threshold that is no number.
 */
export function positives(interactions: Interactions, itemCount: number, options: PositivesOptions = {}): Histories {
  return withMeanWeight(weighed(interactions, itemCount, options))
}

/** The same with weights as they were given, undefined where none were. */
export function weighed(
  interactions: Interactions,
  itemCount: number,
  { threshold = defaultThreshold(interactions), minimum = 1, repeats = false }: PositivesOptions = {},
): Histories {
  if (!Number.isFinite(threshold))
    throw new OptionError(
      'positives',
      'a number as threshold',
      `${threshold}`,
      'Give the least value that counts as liked.',
    )
  const { users, user, item, time, value } = interactions
  const isPositive = positiveRows(interactions, threshold)
  const ends = new Int32Array(users.length + 1)
  user.forEach((number, row) => {
    if (isPositive(row)) ends[number + 1] = (ends[number + 1] as number) + 1
  })
  for (let number = 0; number < users.length; number++)
    ends[number + 1] = (ends[number + 1] as number) + (ends[number] as number)
  const rows = new Int32Array(ends[users.length] as number)
  const next = ends.slice()
  user.forEach((number, row) => {
    if (isPositive(row)) rows[(next[number] = (next[number] as number) + 1) - 1] = row
  })

  const isTakenBack = takenBack(interactions, threshold)
  const weighs = interactions.valueKind === 'event' && value !== undefined
  const kept: { user: number; history: History }[] = []
  for (let number = 0; number < users.length; number++) {
    // Array sorting is stable: rows of one time stay in the order of the file.
    const mine = Array.from(rows.subarray(ends[number], ends[number + 1]))
    mine.sort((a, b) => (time[a] as number) - (time[b] as number))
    const seen = new Set<number | string>()
    const isNew = (row: number): boolean =>
      seen.size < seen.add(repeats ? `${item[row]} ${time[row]}` : (item[row] as number)).size
    const wanted = mine.filter((row) => isNew(row) && !isTakenBack(number, row))
    if (wanted.length === 0 || wanted.length < minimum) continue
    kept.push({
      user: number,
      history: {
        items: Int32Array.from(wanted, (row) => item[row] as number),
        times: Float64Array.from(wanted, (row) => time[row] as number),
        weights: weighs ? weightsOf(wanted, repeats ? wanted : mine, item, value) : undefined,
      },
    })
  }
  return join(itemCount, kept)
}

/** The weight of each row, or of the weightiest row of its item: what was bought in the end counts as bought. */
function weightsOf(
  wanted: readonly number[],
  rows: readonly number[],
  item: Int32Array,
  value: Float32Array,
): Float32Array {
  const most = new Map<number, number>()
  for (const row of rows) {
    const weight = value[row] as number
    const [number, given] = [item[row] as number, Number.isNaN(weight) ? 1 : weight]
    most.set(number, Math.max(most.get(number) ?? 0, given))
  }
  return Float32Array.from(wanted, (row) => most.get(item[row] as number) ?? 1)
}

/** The mean of all weights; 1 where there are none. */
export function meanWeight({ weights }: Histories): number {
  return weights ? weights.reduce((sum, weight) => sum + weight, 0) / weights.length : 1
}

/** Weights whose mean is 1, so that settings mean the same with them; none where all are alike. */
function withMeanWeight(histories: Histories): Histories {
  const { itemCount, starts, items, times, users, weights } = histories
  if (!weights) return histories
  const mean = meanWeight(histories)
  const scaled = weights.every((weight) => weight === weights[0]) ? undefined : weights.map((weight) => weight / mean)
  return new Histories(itemCount, starts, items, times, users, scaled)
}

/** Says of a row whether its user disliked the item then or later, by a value that does not count as liked. */
function takenBack(
  { user, item, time, value, dislikedTo }: Interactions,
  threshold: number,
): (user: number, row: number) => boolean {
  if (dislikedTo === undefined || value === undefined) return () => false
  const last = new Map<number, Map<number, number>>()
  value.forEach((given, row) => {
    if (!(given <= dislikedTo && given < threshold)) return
    const [who, what, when] = [user[row] as number, item[row] as number, time[row] as number]
    const mine = last.get(who) ?? new Map<number, number>()
    last.set(who, mine.set(what, Math.max(mine.get(what) ?? -Infinity, when)))
  })
  return (who, row) => (last.get(who)?.get(item[row] as number) ?? -Infinity) >= (time[row] as number)
}
