/** What the column of values means: marks given by users, numbers of pieces, weights of events, or nothing but that something happened. */
export type ValueKind = 'rating' | 'quantity' | 'event' | 'none'

/**
 * What users did, row by row in the order of the file, in compact arrays of one entry per row. Items are numbers in a
 * `Catalog`, users numbers in `users`.
 */
export interface Interactions {
  /** Ids of the users, by first appearance, as they stand in the file. */
  readonly users: readonly string[]
  /** `[rows]` */
  readonly user: Int32Array
  /** `[rows]` */
  readonly item: Int32Array
  /** `[rows]`: seconds since 1970 for `clock` 'time', else numbers that only order the rows. */
  readonly time: Float64Array
  /** 'time': real times. 'order': running numbers, or the order of the file where it gives no times. */
  readonly clock: 'time' | 'order'
  /** `[rows]`: NaN where the cell is empty; undefined without such a column. */
  readonly value: Float32Array | undefined
  readonly valueKind: ValueKind
  /** The best mark that can be given, as far as the file shows: 1, 5, 10, 100, or the best that was. Only for ratings. */
  readonly bestRating?: number | undefined
  /** The least value that counts as liked, where it is not the usual one: see `defaultThreshold`. */
  readonly likedFrom?: number | undefined
  /** Values up to this one say that the user dislikes the item. Default: none does. */
  readonly dislikedTo?: number | undefined
}

/** Interactions of one user that count: what items share grows with the square of it. More has a bot, or a shared account. */
export const usuallyLongest = 2000

/**
 * The least value that counts as liked: four fifths of the best rating (4 of 5, 8 of 10); whatever is above 0 for thumbs
 * (0 and 1, or -1 and 1), events, and quantities (a negative one is a return).
 */
export function defaultThreshold({ valueKind, bestRating = 1, likedFrom }: Interactions): number {
  return likedFrom ?? (valueKind === 'rating' && bestRating > 1 ? fourFifths(bestRating) : Number.MIN_VALUE)
}

/** Without the rounding error of 0.8. */
export function fourFifths(best: number): number {
  return (best * 4) / 5
}
