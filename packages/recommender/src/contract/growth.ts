import type { Matrix } from '@headstart/core/load'
import { type SparseRows, transposed } from '../math/sparse-rows.js'
import type { Catalog } from '../shop/catalog.js'
import { distinct, type Histories, type History } from '../shop/histories.js'
import { userItems } from '../shop/user-items.js'

/** A user of whom more is known, or something else. */
export interface ChangedUser {
  /** Undefined for one who is new. */
  readonly before: History | undefined
  /** Undefined for one of whom nothing is left. */
  readonly now: History | undefined
}

/** What a shop grew by since a recommender was fitted: all that a scorer has to know to be as if it were fitted again. */
export class Growth {
  /** What has to wait for a new fit, by the names of scorers. */
  readonly waiting = new Set<string>()
  #takers: SparseRows | undefined
  #touched: Uint8Array | undefined
  #distinct: Growth | undefined

  constructor(
    readonly before: Histories,
    readonly now: Histories,
    readonly users: readonly ChangedUser[],
    readonly catalog: Catalog,
    /** Features of the texts of those items that are new, in rows of length 1 or 0, where texts are compared by a backbone. */
    readonly newTexts?: Matrix | undefined,
  ) {}

  /** The users who took each item now, [items, users]. */
  get takers(): SparseRows {
    return (this.#takers ??= transposed(userItems(this.now)))
  }

  /** `[items]`: 1 for those that somebody took or gave back since, or that count otherwise. */
  get touched(): Uint8Array {
    return (this.#touched ??= touchedBy(this.users, this.now.itemCount))
  }

  /** The same with each item once in each history. */
  distinct(): Growth {
    const once = (history: History | undefined): History | undefined => history && distinct(history)
    return (this.#distinct ??= new Growth(
      this.before.distinct(),
      this.now.distinct(),
      this.users.map(({ before, now }) => ({ before: once(before), now: once(now) })),
      this.catalog,
      this.newTexts,
    ))
  }
}

function touchedBy(users: readonly ChangedUser[], items: number): Uint8Array {
  const touched = new Uint8Array(items)
  for (const { before, now } of users) {
    const [had, has] = [countsOf(before), countsOf(now)]
    for (const item of new Set([...had.keys(), ...has.keys()])) if (had.get(item) !== has.get(item)) touched[item] = 1
  }
  return touched
}

/** How often, or how much, each item counts in a history. */
function countsOf(history: History | undefined): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  history?.items.forEach((item, place) => counts.set(item, (counts.get(item) ?? 0) + (history.weights?.[place] ?? 1)))
  return counts
}
