import { type Backbone, DataError, type JsonObject, type Matrix, OptionError, random, rowOf } from '@headstart/core'
import { baselineMethods } from './baseline-methods.js'
import { fineTunedMethod, frozenMethod } from './behavior-methods.js'
import type { Catalog } from '../shop/catalog.js'
import { countPositives, type Histories, positives } from '../shop/histories.js'
import type { Shop } from '../shop/read-shop.js'
import { scratchMethod } from './sequence-method.js'
import type { Choice, Material, MethodOptions, RecommenderMethod } from '../contract/recommender-method.js'
import { leaveOneOut, type Split } from '../shop/split-histories.js'
import { unitRows } from '../scorers/text-similarity.js'
import { tfIdf } from '../math/tf-idf.js'
import { withRepeats } from './with-repeats.js'

/** All methods, from the simplest on. */
export const recommenderMethods: readonly RecommenderMethod[] = [
  ...baselineMethods,
  scratchMethod,
  frozenMethod(),
  fineTunedMethod(),
]

/** Options of whatever chooses between methods on a shop's data. */
export interface ShopOptions extends MethodOptions {
  /** What to choose from. Default: `recommenderMethods`. */
  readonly methods?: readonly RecommenderMethod[] | undefined
  /** A text backbone by whose features titles and texts are compared. Default: by their terms (TF-IDF). */
  readonly texts?: Backbone<string> | undefined
  /** The least value that counts as liked. Default: see `defaultThreshold`. */
  readonly threshold?: number | undefined
  /**
   * Users with fewer positives are not asked about. Default: 5, by custom of the field; 3, which is said, where fewer than
   * 20 users have 5.
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
}

/** A method with the settings that were chosen for it. */
export interface ChosenMethod extends Choice {
  readonly method: RecommenderMethod
  /** Seconds that the choice took. */
  readonly seconds: number
}

/** What to learn from and to choose by. */
export interface Examined {
  readonly material: Material
  /** All positives of all users. */
  readonly everything: Histories
  /** The positives of the users that are asked about. */
  readonly asked: Histories
  /** Asks for the interaction before the last, and knows neither it nor the last. */
  readonly validation: Split
  readonly minimum: number
}

/**
 * Looks at a shop's data as they are for the choice between methods.
 * @throws DataError when nobody liked or bought anything.
 */
export async function examine({ name, catalog, interactions }: Shop, options: ShopOptions): Promise<Examined> {
  const { threshold, repeats, onEvent } = options
  const everything = positives(interactions, catalog.size, { threshold, repeats })
  if (everything.length === 0) {
    const remedy = 'Check the ratings or quantities, or give a lower threshold.'
    throw new DataError(`shop "${name}"`, 'interactions that count as liked or bought', 'none', remedy)
  }
  const again = countPositives(interactions, threshold) - everything.items.length
  if (again > 0) {
    const what = repeats
      ? 'of one user, item and time count as one'
      : 'repeat what the user took before, and do not count. With repeats (--repeats) they do: for groceries and the like'
    onEvent?.({ type: 'notice', message: `${again} interactions ${what}.` })
  }
  const minimum = options.minimum ?? usualMinimum(everything, (message) => onEvent?.({ type: 'notice', message }))
  if (!Number.isInteger(minimum) || minimum < 3) {
    const remedy = 'Two are held out, one to choose by and one to measure on.'
    throw new OptionError('option "minimum"', 'a whole number from 3 on', String(minimum), remedy)
  }
  const asked = positives(interactions, catalog.size, { threshold, minimum, repeats })
  return {
    material: await materialOf(catalog, options),
    everything,
    asked,
    validation: drawn(leaveOneOut(asked, 2), options),
    minimum,
  }
}

function usualMinimum(everything: Histories, say: (message: string) => void): number {
  const [customary, least, enough] = [5, 3, 20]
  let count = 0
  for (let place = 0; place < everything.length; place++) if (everything.lengthOf(place) >= customary) count++
  if (count >= enough) return customary
  say(`${count} users have ${customary} positives or more: those with ${least} or more are asked about.`)
  return least
}

/** Fifty million scores, of 1000 to 10,000 users. */
function usuallyAsked(items: number): number {
  return Math.min(10_000, Math.max(1000, Math.floor(5e7 / items)))
}

/** The split with at most so many of its cases as are to be asked. */
export function drawn(
  { train, cases }: Split,
  { askedUsers = usuallyAsked(train.itemCount), seed = 0, onEvent }: ShopOptions,
): Split {
  if (!Number.isInteger(askedUsers) || askedUsers < 1) {
    throw new OptionError(
      'option "askedUsers"',
      'a whole number from 1 on',
      String(askedUsers),
      'Leave it out for 10,000.',
    )
  }
  if (cases.length <= askedUsers) return { train, cases }
  onEvent?.({ type: 'notice', message: `${askedUsers} of ${cases.length} users are asked about, drawn at random.` })
  return { train, cases: random(seed).shuffle(cases).slice(0, askedUsers) }
}

/** What there is to know of the items. */
export async function materialOf(
  catalog: Catalog,
  { texts: backbone, signal }: Pick<ShopOptions, 'texts' | 'signal'>,
): Promise<Material> {
  const texts = catalog.texts()
  const terms = tfIdf(texts)
  return { catalog, terms, texts: backbone ? await featuresOf(texts, backbone, signal) : terms }
}

/** Features of texts, in rows of length 1; what has no text is like nothing. */
async function featuresOf(texts: readonly string[], backbone: Backbone<string>, signal?: AbortSignal): Promise<Matrix> {
  const features = unitRows(await backbone.embed(texts, { signal }))
  texts.forEach((text, row) => {
    if (text === '') rowOf(features, row).fill(0)
  })
  return features
}

/** Has every method choose its settings on the validation data, in their order. */
export async function* chooseEach(
  { material, validation }: Examined,
  options: ShopOptions,
): AsyncGenerator<ChosenMethod> {
  for (const plain of options.methods ?? recommenderMethods) {
    const method = options.repeats ? withRepeats(plain) : plain
    options.signal?.throwIfAborted()
    const started = performance.now()
    const choice = await method.choose(material, validation, options)
    yield { ...choice, method, seconds: (performance.now() - started) / 1000 }
  }
}

/**
 * The method that did best on validation data; of equal ones the first. Where there was nothing to choose by it is
 * ease-text, which needs the fewest users, or else the first.
 */
export function best(chosen: readonly ChosenMethod[]): ChosenMethod {
  const [first, ...others] = chosen
  if (!first)
    throw new OptionError('option "methods"', 'at least one method', 'none', 'Leave it out to choose from all.')
  if (first.ndcg === undefined) return chosen.find(({ method }) => method.name === 'ease-text') ?? first
  return others.reduce((most, other) => ((other.ndcg ?? 0) > (most.ndcg ?? 0) ? other : most), first)
}

/** Settings in words. */
export function describeSettings(settings: JsonObject): string {
  const parts = Object.entries(settings).flatMap(([name, value]): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [describeSettings(value as JsonObject)]
      : [`${name} ${String(value)}`],
  )
  return parts.join(', ') || 'no settings'
}
