import { type Backbone, type Matrix, type Run } from '@headstart/core'
import { counted, DataError, OptionError, random, rowOf } from '@headstart/core/kit'
import type { Material, Validation } from '../contract/recommender-method.js'
import { unitRows } from '../scorers/text-similarity.js'
import type { Catalog } from '../shop/catalog.js'
import { countPositives, type Histories, positives } from '../shop/histories.js'
import { usuallyLongest } from '../shop/interactions.js'
import type { Shop } from '../shop/read-shop.js'
import { heldOut, type Split, type SplitBy } from '../shop/split-histories.js'

/** How a shop's data are looked at. */
export interface ShopView {
  /** A text backbone by whose features titles and texts are compared. Default: by their terms (TF-IDF). */
  readonly texts?: Backbone<string> | undefined
  /** The least value that counts as liked. Default: see `defaultThreshold`. */
  readonly threshold?: number | undefined
  /**
   * Users with fewer positives are not asked about. Default: 5, by custom of the field; 3, which is said, where fewer than
   * 20 users have 5; 2 where fewer than 20 have 3, and 20 have 2. With 2, some users are asked and the others learned from: see
   * `heldOut`.
   */
  readonly minimum?: number | undefined
  /**
   * Where there are more users to ask than this, so many are drawn at random, which is said. Default: 10,000, and fewer in
   * a catalog of more than 5,000 items, of which each has to be scored: down to 1000 in one of 50,000 and more.
   */
  readonly askedUsers?: number | undefined
  /**
   * For shops where things are taken again, such as groceries: repeated interactions count, and what a user has can be
   * recommended again, by how often and how lately it was taken, as far as validation likes it. Default: false.
   */
  readonly repeats?: boolean | undefined
  /**
   * Of users with more positives the latest so many count, which is said: a bot or a shared account would else take most of the
   * time, which grows with the square, and say most of what items are alike. Default: 2000.
   */
  readonly longestHistory?: number | undefined
  /**
   * What is asked for, to choose by and to measure on: the last item of each user ('last'), or what each took first after one moment
   * ('time'), before which alone is learned from: no user's future tells of another's. Default: 'last'.
   */
  readonly split?: SplitBy | undefined
}

/** A shop as it is learned from and asked about. */
export interface ShopData extends ShopView {
  readonly shop: Shop
  /**
   * Whether the last interaction of each user who is asked about is yet to come, and the others' are unknown: that much is
   * learned from to be compared. Users are asked about by their whole histories all the same, so that none is lost who has
   * just enough. Default: false.
   */
  readonly heldOut?: boolean | undefined
}

/** What to learn from and to choose by. */
export interface Examined {
  readonly material: Material
  readonly train: Histories
  /** Asks for the interaction before the last, and knows neither it nor the last. */
  readonly validation: Validation
  /** Positives of the users that are asked about. */
  readonly minimum: number
}

/**
 * Looks at a shop's data as they are for the choice between methods.
 * @throws DataError when nobody liked or bought anything.
 */
export function examine(data: ShopData, run: Run): Promise<Examined> {
  return run.once([examine, data.heldOut ?? false, ...viewOf(data), run.seed], async () => {
    const { everything, asked, minimum } = await positivesOf(data, run)
    return {
      material: await materialOf(data.shop.catalog, data.texts, run),
      train: data.heldOut ? (await lastItems(data, run)).train : everything,
      validation: {
        ...drawn(heldOut(asked, minimum, run.seed, data.split).validation, data, run),
        repeats: data.repeats,
      },
      minimum,
    }
  })
}

/**
 * The last interaction of each user as a question, and what came before to learn from.
 * @throws DataError when nobody took enough to be asked, and as `examine`.
 */
export function lastItems(data: ShopData, run: Run): Promise<Split> {
  return run.once([lastItems, ...viewOf(data), run.seed], async () => {
    const { asked, minimum } = await positivesOf(data, run)
    const test = drawn(heldOut(asked, minimum, run.seed, data.split).test, data, run)
    if (test.cases.length > 0) return test
    const remedy = 'It takes users with that many: add what they did, or lower the minimum.'
    throw new DataError(`shop "${data.shop.name}"`, `users who took at least ${minimum} items`, 'none', remedy)
  })
}

/** What there is to know of the items. @param texts Default: none, but their terms. */
export function materialOf(catalog: Catalog, texts: Backbone<string> | undefined, run: Run): Promise<Material> {
  return run.once([materialOf, catalog, texts], async () => {
    const { terms } = catalog
    return { catalog, terms, texts: texts ? await featuresOf(catalog.texts(), texts, run.signal) : terms }
  })
}

function viewOf({
  shop,
  texts,
  threshold,
  minimum,
  askedUsers,
  repeats = false,
  longestHistory,
  split,
}: ShopData): unknown[] {
  return [shop, texts, threshold, minimum, askedUsers, repeats, longestHistory, split]
}

interface Positives {
  /** Of all users. */
  readonly everything: Histories
  /** Of the users that are asked about. */
  readonly asked: Histories
  readonly minimum: number
}

function positivesOf(data: ShopData, run: Run): Promise<Positives> {
  return run.once([positivesOf, ...viewOf(data)], async () => {
    const {
      shop: { name, catalog, interactions },
      threshold,
      repeats,
      longestHistory = usuallyLongest,
    } = data
    const say = (message: string): void => run.onEvent?.({ type: 'notice', message })
    checkWhole('longestHistory', longestHistory, 2, `Leave it out for ${usuallyLongest}.`)
    const whole = positives(interactions, catalog.size, { threshold, repeats })
    if (whole.length === 0) {
      const remedy = 'Check the ratings or quantities, or give a lower threshold.'
      throw new DataError(`shop "${name}"`, 'interactions that count as liked or bought', 'none', remedy)
    }
    const again = countPositives(interactions, threshold) - whole.items.length
    if (again > 0) {
      const what = repeats
        ? `of one user, item and time ${again === 1 ? 'counts' : 'count'} as one`
        : `${again === 1 ? 'repeats what the user took before, and does' : 'repeat what the user took before, and do'} not count. With repeats (--repeats) they do: for groceries and the like`
      say(`${counted(again, 'interaction')} ${what}.`)
    }
    const everything = whole.latest(longestHistory)
    sayLongest(whole, longestHistory, say)
    const minimum = data.minimum ?? usualMinimum(everything, say)
    checkWhole('minimum', minimum, 2, 'One is asked for, and what came before it is known.')
    const asked = positives(interactions, catalog.size, { threshold, minimum, repeats }).latest(longestHistory)
    return { everything, asked, minimum }
  })
}

function sayLongest(whole: Histories, longest: number, say: (message: string) => void): void {
  let [users, most] = [0, 0]
  for (let place = 0; place < whole.length; place++) {
    if (whole.lengthOf(place) <= longest) continue
    users++
    most = Math.max(most, whole.lengthOf(place))
  }
  if (users > 0)
    say(
      `${counted(users, 'user')} took more than ${longest} items, up to ${most}: of each the latest ${longest} count. For more, set longestHistory (--longest-history).`,
    )
}

function checkWhole(option: string, value: number, least: number, remedy: string): void {
  if (Number.isInteger(value) && value >= least) return
  throw new OptionError(`option "${option}"`, `a whole number from ${least} on`, String(value), remedy)
}

function usualMinimum(everything: Histories, say: (message: string) => void): number {
  const [customary, least, enough] = [5, 3, 20]
  const having = (positives: number): number =>
    everything.users.reduce((count, _, place) => count + (everything.lengthOf(place) >= positives ? 1 : 0), 0)
  const count = having(customary)
  if (count >= enough) return customary
  if (having(least) < enough && having(2) >= enough) {
    say(
      `${counted(having(least), 'user has', 'users have')} ${least} positives or more: of those with 2 or more a fifth is asked for the last one.`,
    )
    return 2
  }
  say(
    `${counted(count, 'user has', 'users have')} ${customary} positives or more: those with ${least} or more are asked about.`,
  )
  return least
}

/** Fifty million scores, of 1000 to 10,000 users. */
function usuallyAsked(items: number): number {
  return Math.min(10_000, Math.max(1000, Math.floor(5e7 / items)))
}

/** The split with at most so many of its cases as are to be asked. */
function drawn(
  { train, cases }: Split,
  { askedUsers = usuallyAsked(train.itemCount) }: ShopView,
  { seed, onEvent }: Run,
): Split {
  checkWhole('askedUsers', askedUsers, 1, 'Leave it out for 10,000.')
  if (cases.length <= askedUsers) return { train, cases }
  onEvent?.({ type: 'notice', message: `${askedUsers} of ${cases.length} users are asked about, drawn at random.` })
  return { train, cases: random(seed).shuffle(cases).slice(0, askedUsers) }
}

/** Features of texts, in rows of length 1; what has no text is like nothing. */
export async function featuresOf(
  texts: readonly string[],
  backbone: Backbone<string>,
  signal?: AbortSignal,
): Promise<Matrix> {
  const features = unitRows(await backbone.embed(texts, { signal }))
  texts.forEach((text, row) => {
    if (text === '') rowOf(features, row).fill(0)
  })
  return features
}
