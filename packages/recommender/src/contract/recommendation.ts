/** What can be in a list of recommendations, and how long it is. */
export interface ListOptions {
  /** Length of the list. Default: 10. */
  readonly k?: number | undefined
  /** Items that can be recommended, [items of the catalog], 1 or 0: in stock, of a category. Default: all. */
  readonly candidates?: Uint8Array | undefined
  /** Whether what the user has can be recommended again. Default: false. */
  readonly repeats?: boolean | undefined
  /** Whether all items are scored, even where there is an index of them. Default: false. */
  readonly exact?: boolean | undefined
}

/** Of each of many histories the numbers of items that are not in its list. Of those that it does not reach: none. */
export type Without = readonly (readonly number[])[]

/** One line of a list. */
export interface Recommendation {
  /** Number of the item in the catalog. */
  readonly item: number
  readonly score: number
}
