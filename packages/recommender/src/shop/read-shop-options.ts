import type { ColumnNames } from './shop-columns.js'

/** Options of `readShop`. */
export interface ReadShopOptions {
  /** Columns whose names are not the usual ones. */
  readonly columns?: ColumnNames | undefined
  /**
   * What kinds of events weigh, by their names in the column `event`. Default: 5 for what is bought, 3 for a cart or a wish list, -1
   * for a dislike, else 1.
   */
  readonly weights?: Readonly<Record<string, number>> | undefined
  /** Ids of items that are left out, such as bags and vouchers. Default: none. */
  readonly exclude?: readonly string[] | undefined
  /** Told of guessed columns, of the writing of timestamps, of what counts as liked, and of what is left out or odd. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}
