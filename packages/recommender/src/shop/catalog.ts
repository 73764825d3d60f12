import { DataError } from '@headstart/core/load'
import type { SparseRows } from '../math/sparse-rows.js'
import { countTerms, type TermCounts } from '../math/tf-idf.js'

/** One item of a shop. */
export interface Item {
  /** As it stands in the file, without spaces around it: leading zeros, commas, quotes and emoji are part of it. */
  readonly id: string
  /** Default: none. */
  readonly title?: string | undefined
  /** Its other texts, such as a description. Default: none. */
  readonly texts?: readonly string[] | undefined
  readonly price?: number | undefined
  /** One, or several separated by `|` or `;`: see `categoriesOf`. */
  readonly category?: string | undefined
}

/** The categories of an item: `Comedy|Drama` are two, and the whole is one as well. */
export function categoriesOf({ category }: Item): readonly string[] {
  if (category === undefined) return []
  const parts = category
    .split(/[|;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return [...new Set([category, ...parts])]
}

/** The items that can be recommended. Everything else speaks of an item by its number, its place in here. */
export class Catalog {
  readonly items: readonly Item[]
  #counts: TermCounts | undefined
  /** What is counted of the first items, where that was done for another catalog, and the texts of the others. */
  #counted: { readonly counts: TermCounts; readonly others: readonly string[] } | undefined
  #terms: SparseRows | undefined
  readonly #numbers: ReadonlyMap<string, number>

  /** @throws DataError when there is no item, and when an id stands for two. */
  constructor(items: readonly Item[], name = 'catalog') {
    if (items.length === 0) throw new DataError(name, 'items', 'none', 'Add items.')
    this.items = items
    const numbers = new Map(items.map(({ id }, number) => [id, number]))
    if (numbers.size < items.length) {
      const twice = items.find(({ id }, number) => numbers.get(id) !== number)?.id
      throw new DataError(name, 'items with different ids', `${JSON.stringify(twice)} twice`, 'Remove one of them.')
    }
    this.#numbers = numbers
  }

  get size(): number {
    return this.items.length
  }

  /** The number of an item, or undefined where the catalog does not hold it. */
  numberOf(id: string): number | undefined {
    return this.#numbers.get(id)
  }

  /** Terms of the items' texts with their weights, [items, terms] (`tfIdf`). */
  get terms(): SparseRows {
    this.#counts ??= this.#counted ? this.#counted.counts.with(this.#counted.others) : countTerms(this.texts())
    this.#counted = undefined
    return (this.#terms ??= this.#counts.weighed())
  }

  /** The same with items at its end. @throws DataError for an id that it holds already. */
  with(items: readonly Item[]): Catalog {
    if (items.length === 0) return this
    const more = new Catalog([...this.items, ...items])
    const { counts, others } = this.#counts ? { counts: this.#counts, others: [] } : (this.#counted ?? {})
    if (counts) more.#counted = { counts, others: [...(others ?? []), ...items.map(textOf)] }
    return more
  }

  /** Title and other texts of each item as one text, '' for items without any. */
  texts(): string[] {
    return this.items.map(textOf)
  }
}

function textOf({ title = '', texts = [] }: Item): string {
  return [title, ...texts].filter((text) => text !== '').join(' ')
}
