import { DataError } from '@headstart/core/load'
import type { Catalog } from '../shop/catalog.js'
import type { Shop } from '../shop/read-shop.js'

/**
 * A shop with the items of a catalog, by its numbers; interactions with others are left out, and said.
 * @throws DataError when no interaction is with an item of the catalog.
 */
export function shopKnownTo(catalog: Catalog, shop: Shop, say: (message: string) => void): Shop {
  const { name, interactions } = shop
  const numbers = shop.catalog.items.map(({ id }) => catalog.numberOf(id) ?? -1)
  const isKnown = (_: number, row: number): boolean => numbers[interactions.item[row] as number] !== -1
  const item = interactions.item.filter(isKnown).map((number) => numbers[number] as number)
  const left = interactions.item.length - item.length
  if (item.length === 0)
    throw new DataError(
      `shop "${name}"`,
      'interactions with items that the model knows',
      'none',
      'Give data of the same shop.',
    )
  if (left > 0)
    say(
      `${left} of ${interactions.item.length} interactions are with items that the model does not know, and left out.`,
    )
  return {
    name,
    catalog,
    interactions: {
      ...interactions,
      item,
      user: interactions.user.filter(isKnown),
      time: interactions.time.filter(isKnown),
      value: interactions.value?.filter(isKnown),
    },
  }
}
