/** One thing that was done many times, and what became of it. */
export interface Row {
  readonly what: string
  /** How often it was done. */
  readonly done: number
  /** What went wrong, at most a few of each kind; empty where all went right. */
  readonly wrong: readonly string[]
  /** Further counts: 'met a checkpoint 87'. */
  readonly also: string
}

/** How much is done, and by which chance. */
export interface Extent {
  readonly seed: number
  /** Of the whole campaign, from above 0 to 1. */
  readonly share: number
  /** Folder to work in, which is there and empty. */
  readonly folder: string
}

/** A share of a number, at least one. */
export function shareOf(count: number, { share }: Extent): number {
  return Math.max(1, Math.round(count * share))
}
