import type { FeatureSource } from './feature-source.js'
import type { Histories } from '../shop/histories.js'

/** Share of all interactions over which recent popularity falls to 1/e. */
const recentShare = 0.05
/** Share of all interactions that count as just before somebody's last one. */
const windowShare = 0.02

/** What `popularityFeatures` is made from. */
export interface PopularityCounts {
  /** `[items]`: ln(1 + number of users). */
  readonly ever: Float32Array
  /** `[items]`: ln(1 + number of users, those of long ago counting less). */
  readonly lately: Float32Array
  /** `[items]`: ln(1 + number among the latest 2 % of all interactions); as `lately` where times cannot be compared. */
  readonly now: Float32Array
  /** Whether times tell which of two users was earlier. */
  readonly hasClock: boolean
  /** All interactions in the order of time. None where times cannot be compared, and in a saved model: baskets show in them. */
  readonly order?: { readonly items: Int32Array; readonly times: Float64Array } | undefined
}

/**
 * Counts how many took an item. Time is measured in interactions of the shop, not in seconds, so that busy and quiet shops
 * are alike: an interaction counts lately exp(-age / 5 %). Where times cannot be compared, late is what is late in the
 * histories: 0.7 to the power of its place from the end.
 */
export function popularityCounts(train: Histories): PopularityCounts {
  const ever = Float32Array.from(train.popularity(), Math.log1p)
  if (!hasClock(train)) {
    const lately = Float32Array.from(latelyByPlace(train), Math.log1p)
    return { ever, lately, now: lately, hasClock: false }
  }
  const order = byTime(train)
  const now = new Float32Array(train.itemCount)
  countWindow(order.items, order.items.length, now)
  return {
    ever,
    lately: Float32Array.from(latelyByTime(order.items, train.itemCount), Math.log1p),
    now,
    hasClock: true,
    order,
  }
}

/**
 * How many took an item, as ln(1 + n): ever; lately; and among the 2 % of all interactions just before the user's last one,
 * which is now for a history whose times are none of the shop's (lately again, where times cannot be compared).
 */
export function popularityFeatures({ ever, lately, now, order }: PopularityCounts): FeatureSource {
  return {
    names: ['popularity', 'popularity-lately', 'popularity-before'],
    constant: 2,
    score({ times }, [total, late, before]) {
      total?.set(ever)
      late?.set(lately)
      const end = order ? upperBound(order.times, times.at(-1) ?? Infinity) : 0
      if (!order || end === 0) before?.set(now)
      else if (before) countWindow(order.items, end, before)
    },
  }
}

/** Counts the items of the window that ends at a place, as ln(1 + n), into a row of zeros. */
function countWindow(items: Int32Array, end: number, row: Float32Array): void {
  const size = Math.max(20, Math.trunc(windowShare * items.length))
  for (let place = Math.max(0, end - size); place < end; place++) {
    const item = items[place] as number
    row[item] = (row[item] as number) + 1
  }
  for (let item = 0; item < row.length; item++)
    if ((row[item] as number) > 0) row[item] = Math.log1p(row[item] as number)
}

/**
 * Whether times can be compared between users: running numbers of each user, for one, begin alike. One in ten must begin
 * at a time of its own.
 */
function hasClock(train: Histories): boolean {
  const first = new Set<number>()
  let users = 0
  for (let user = 0; user < train.length; user++) {
    const [time] = train.at(user).times
    if (time === undefined) continue
    users++
    first.add(time)
  }
  return first.size > 0.1 * users
}

/** Sorting the times alone is ten times as fast as sorting places by them. */
function byTime({ items, times }: Histories): { items: Int32Array; times: Float64Array } {
  const sorted = times.toSorted()
  const ordered = new Int32Array(items.length)
  // How many of the interactions at a time, known by its first place, have their place.
  const placed = new Int32Array(items.length)
  for (let place = 0; place < items.length; place++) {
    const first = lowerBound(sorted, times[place] as number)
    ordered[first + (placed[first] as number)] = items[place] as number
    placed[first] = (placed[first] as number) + 1
  }
  return { items: ordered, times: sorted }
}

/** The first place of a time that is not earlier. */
function lowerBound(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) < time) low = middle + 1
    else high = middle
  }
  return low
}

function latelyByTime(items: Int32Array, itemCount: number): Float64Array {
  const sums = new Float64Array(itemCount)
  items.forEach(
    (item, rank) => (sums[item] = (sums[item] as number) + Math.exp(-(1 - rank / items.length) / recentShare)),
  )
  return sums
}

function latelyByPlace(train: Histories): Float64Array {
  const sums = new Float64Array(train.itemCount)
  for (let user = 0; user < train.length; user++) {
    const { items } = train.at(user)
    items.forEach((item, place) => (sums[item] = (sums[item] as number) + 0.7 ** (items.length - 1 - place)))
  }
  return sums
}

/** The first place of a time later than `time`. */
function upperBound(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  return low
}
