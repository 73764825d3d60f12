import { Catalog, type Item } from '../src/shop/catalog.js'
import type { Shop } from '../src/shop/read-shop.js'

const kinds = ['lamp', 'mug', 'scarf'] as const

/** Twelve items of three kinds; the ids of some are odd. */
export const smallItems: readonly Item[] = Array.from({ length: 12 }, (_, number) => {
  const kind = kinds[number % 3] as string
  const id = ['007', 'a,b', 'say "hi"', '🎁'][number] ?? `i${number}`
  return { id, title: `${kind} ${'abcdefghijkl'[number]}`, texts: [], category: kind, price: 5 + number }
})

/** What users took, by number, oldest first: one user a list. */
export type Lists = readonly (readonly number[])[]

/** Forty users who each stay with one kind, going round from where they begin; every fourth then takes something else. */
export const smallLists: Lists = Array.from({ length: 40 }, (_, user) => {
  const kind = user % 3
  const round = Array.from({ length: 3 }, (__, step) => kind + 3 * ((Math.floor(user / 3) + step) % 4))
  return user % 4 === 0 ? [...round, (kind + 1 + user) % 12] : round
}).map((list) => [...new Set(list)])

/** A shop of these lists, at times one second apart. */
export function shopOf(lists: Lists, items: readonly Item[] = smallItems): Shop {
  return {
    name: 'small',
    catalog: new Catalog(items),
    interactions: {
      users: lists.map((_, user) => `u${user}`),
      user: Int32Array.from(lists.flatMap((list, user) => list.map(() => user))),
      item: Int32Array.from(lists.flat()),
      time: Float64Array.from(lists.flatMap((list) => list.map((_, place) => 1_600_000_000 + place))),
      clock: 'time',
      value: undefined,
      valueKind: 'none',
    },
  }
}
