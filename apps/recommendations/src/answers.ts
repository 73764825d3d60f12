/** What the server of the page answers with, as JSON. */

/** An item as the page shows it. */
export interface Entry {
  readonly id: string
  readonly title: string
  /** Its other texts; '' where there are none. */
  readonly text: string
}

/** `GET /catalog?search=TEXT`: the items with that in their id, title or texts, those that most users took first. */
export interface CatalogAnswer {
  /** How many there are; of them the first few are in `items`. */
  readonly found: number
  readonly items: readonly Entry[]
}

/** `GET /recommendations?have=ID&have=ID`: what to recommend to somebody with these. */
export interface RecommendationsAnswer {
  /** Those that are in the catalog, the latest last. */
  readonly history: readonly Entry[]
  /** Ids that are not; nothing is recommended for them. */
  readonly unknown: readonly string[]
  readonly recommendations: readonly (Entry & {
    /** Titles of what carried it, the most first. */
    readonly because: readonly string[]
  })[]
}
