import { counted } from '@headstart/core/load'

/** What kinds of events weigh, by their names in small letters without `_`, spaces or points. */
const usualWeights: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['cart', 'addtocart', 'basket', 'wishlist', 'fav', 'favorite', 'like', 'save'].map((name) => [name, 3]),
  ),
  ...Object.fromEntries(['buy', 'purchase', 'transaction', 'order', 'checkout', 'bought'].map((name) => [name, 5])),
  ...Object.fromEntries(['dislike', 'remove', 'removefromcart', 'return', 'refund', 'skip'].map((name) => [name, -1])),
}

/** What each kind of event weighs: 1 unless the table above or the caller says otherwise. */
export class EventWeights {
  readonly #given: Readonly<Record<string, number>>
  readonly #met = new Map<string, { weight: number; count: number }>()

  /** @param given By the names in the file. */
  constructor(given: Readonly<Record<string, number>> = {}) {
    this.#given = given
  }

  /** The weight of an event; NaN for an empty cell. */
  of(event: string): number {
    if (event === '') return Number.NaN
    const known = this.#met.get(event)
    if (known) {
      known.count++
      return known.weight
    }
    const weight = this.#given[event] ?? usualWeights[event.toLowerCase().replace(/[\s_.-]/g, '')] ?? 1
    this.#met.set(event, { weight, count: 1 })
    return weight
  }

  finish(say: (message: string) => void): void {
    if (this.#met.size === 0) return
    const met = [...this.#met].sort(([, a], [, b]) => b.count - a.count)
    const list = met
      .slice(0, 8)
      .map(([event, { weight, count }]) => `${event} weighs ${weight} (${counted(count, 'row')})`)
    say(
      `${list.join(', ')}${met.length > 8 ? ', ...' : ''}. What is above 0, or from the threshold on, is taken; below 0 it is disliked. Other weights: weights (--weight view=1).`,
    )
  }
}
