import type { GroupStrategy } from '../scorers/for-group.js'
import type { Item } from '../shop/catalog.js'

/** Options of `RecommenderModel.recommend`. */
export interface RecommendOptions {
  /** Length of the list. Default: 10. */
  readonly k?: number | undefined
  /** Whether an item can be in the list: in stock, of a category, below a price. Default: all can. */
  readonly filter?: ((item: Item) => boolean) | undefined
  /**
   * From 0, the items of the highest scores, to 1, items whose texts are as unlike each other as can be (maximal marginal
   * relevance). Default: 0.
   */
  readonly diversity?: number | undefined
  /** Ids of what the user disliked: it is not recommended, and what is like it stands further down (`against`). Default: none. */
  readonly disliked?: readonly string[] | undefined
  /**
   * How much it counts that an item is like what is disliked: how many standard deviations of its scores it loses for each by which
   * it is above the mean for these. Default: 0.5.
   */
  readonly dislikeWeight?: number | undefined
  /** Whether what the user has can be recommended again. Default: as it was trained. */
  readonly repeats?: boolean | undefined
  /** Whether all items are scored, even where there is an index of them: see `withIndex`. Default: false. */
  readonly exact?: boolean | undefined
  /** Whether to say which items of the history carried each recommendation. It scores once more for each of them. */
  readonly explain?: boolean | undefined
  /** Told of items of the history that the catalog does not hold. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Options of `RecommenderModel.recommendToGroup`. */
export interface GroupOptions extends Omit<RecommendOptions, 'explain' | 'exact'> {
  /** 'average': what they like on the mean; 'least-misery': what none of them likes little. Default: 'average'. */
  readonly strategy?: GroupStrategy | undefined
}

/** An item of the history that carried a recommendation, as was seen by taking it out. */
export interface Reason {
  readonly item: Item
  /** How much lower the recommended item scores without it. */
  readonly drop: number
  /** Which place the recommended item has without it, from 1 on. */
  readonly place: number
}

/** One line of a list for a user. */
export interface RecommendedItem {
  readonly item: Item
  readonly score: number
  /**
   * What carried it, the most first: at most three items of the history. None where it is there for being popular, and
   * without `explain`.
   */
  readonly because: readonly Reason[]
}
