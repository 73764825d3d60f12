import type { EvidenceSource } from './evidence-source.js'
import type { Histories } from './histories.js'

/** Share of all interactions over which recent popularity falls to 1/e. */
const recentShare = 0.05
/** Share of all interactions that count as just before somebody's last one. */
const windowShare = 0.02

/** What `popularityEvidence` is made from. */
export interface PopularityCounts {
  /** [items]: ln(1 + number of users). */
  readonly ever: Float32Array
  /** [items]: ln(1 + number of users, those of long ago counting less). */
  readonly lately: Float32Array
  /** All interactions in the order of time; none where times do not tell which of two users was earlier. */
  readonly items: Int32Array
  readonly times: Float64Array
}

/**
 * Counts how many took an item. Time is measured in interactions of the shop, not in seconds, so that busy and quiet shops
 * are alike: an interaction counts lately exp(-age / 5 %). Where times cannot be compared, late is what is late in the
 * histories: 0.7 to the power of its place from the end.
 */
export function popularityCounts(train: Histories): PopularityCounts {
  const { items, times } = hasClock(train) ? byTime(train) : { items: new Int32Array(0), times: new Float64Array(0) }
  const lately = items.length > 0 ? latelyByTime(items, train.itemCount) : latelyByPlace(train)
  return { ever: Float32Array.from(train.popularity(), Math.log1p), lately: Float32Array.from(lately, Math.log1p), items, times }
}

/**
 * How many took an item, as ln(1 + n): ever; lately; and among the 2 % of all interactions just before the user's last one
 * (lately again, where times cannot be compared).
 */
export function popularityEvidence({ ever, lately, items, times: clock }: PopularityCounts): EvidenceSource {
  const size = Math.max(20, Math.trunc(windowShare * items.length))
  return {
    names: ['popularity', 'popularity-lately', 'popularity-before'],
    score({ times }, [total, late, before]) {
      total?.set(ever)
      late?.set(lately)
      const last = times.at(-1)
      if (items.length === 0 || last === undefined) return before?.set(lately)
      if (!before) return
      const end = upperBound(clock, last)
      for (let place = Math.max(0, end - size); place < end; place++) {
        const item = items[place] as number
        before[item] = (before[item] as number) + 1
      }
      before.forEach((count, item) => count > 0 && (before[item] = Math.log1p(count)))
    },
  }
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

function byTime({ items, times }: Histories): { items: Int32Array; times: Float64Array } {
  const order = Int32Array.from(items.keys()).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  return { items: Int32Array.from(order, (place) => items[place] as number), times: Float64Array.from(order, (place) => times[place] as number) }
}

function latelyByTime(items: Int32Array, itemCount: number): Float64Array {
  const sums = new Float64Array(itemCount)
  items.forEach((item, rank) => (sums[item] = (sums[item] as number) + Math.exp(-(1 - rank / items.length) / recentShare)))
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
