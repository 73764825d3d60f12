import { random } from '@headstart/core/kit'
import { Catalog, type Item, type Shop } from '@headstart/recommender'

/** How large a generated shop is. */
export interface ShopSize {
  readonly interactions: number
  /** Default: one for every 20 interactions. */
  readonly items?: number
  /** Interactions of a user, on the mean. Default: 12. */
  readonly perUser?: number
}

/** Items of one kind, whose titles share words. */
const kindSize = 50

/**
 * A shop that grows as shops do: an item's popularity falls as its rank to the power of -0.8 (Zipf), users take from a few
 * kinds of things, now and then what comes after the last, and histories are of unequal length (exponential, from 3 on).
 */
export function generatedShop(
  { interactions, items = Math.ceil(interactions / 20), perUser = 12 }: ShopSize,
  seed = 0,
): Shop {
  const { uniform, below } = random(seed)
  const kinds = Math.ceil(items / kindSize)
  // Place r of n, so that the density falls as r to the power of -0.8.
  const zipf = (n: number): number => Math.min(n - 1, Math.floor(n * uniform() ** 5))
  const item = new Int32Array(interactions)
  const user = new Int32Array(interactions)
  const time = new Float64Array(interactions)
  let users = 0
  for (let row = 0; row < interactions; users++) {
    const length = Math.min(interactions - row, 3 + Math.floor(-Math.log(1 - uniform()) * (perUser - 3)))
    const favorites = [zipf(kinds), below(kinds), below(kinds)]
    const begins = 1_600_000_000 + below(3e7)
    const had = new Set<number>()
    let last = -1
    for (let place = 0; place < length; place++, row++) {
      do {
        const isNext = last !== -1 && uniform() < 0.3
        last = isNext ? (last + kinds) % items : (favorites[below(3)] as number) + kinds * zipf(kindSize)
      } while (last >= items || (had.has(last) && uniform() < 0.9))
      had.add(last)
      user[row] = users
      item[row] = last
      time[row] = begins + 3600 * place + below(3600)
    }
  }
  return {
    name: `generated, ${interactions} interactions`,
    catalog: new Catalog(
      Array.from({ length: items }, (_, number): Item => ({ id: `i${number}`, title: titleOf(number, kinds, items) })),
    ),
    interactions: {
      users: Array.from({ length: users }, (_, number) => `u${number}`),
      user,
      item,
      time,
      clock: 'time',
      value: undefined,
      valueKind: 'none',
    },
  }
}

/** What it is, of its kind; a color, of which there are few; a word that few share; and a name of its own. */
function titleOf(number: number, kinds: number, items: number): string {
  return `kind${number % kinds} color${number % 23} maker${(number * 7919) % Math.ceil(items / 30)} n${number}`
}
