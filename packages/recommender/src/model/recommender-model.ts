import {
  closestFirst,
  DataError,
  type ExplainAlso,
  type ExportFormat,
  HeadstartError,
  InputError,
  type Measured,
  OptionError,
  type Packed,
  type Run,
  type RunOptions,
  saveModel,
  type SaveOptions,
  type Scored,
  type Shown,
  type ShownExplanation,
  startRun,
  type Step,
  type Trained,
} from '@headstart/core/load'
import { isSilent, ranked } from '../contract/lists.js'
import { historyFromIds, recommend, type Recommender } from '../contract/recommend.js'
import type { RankingReport } from '../evaluate/evaluate-ranking.js'
import type { ShopData, ShopView } from '../methods/shop-data.js'
import { against } from '../scorers/against.js'
import { forGroup } from '../scorers/for-group.js'
import { withIndex } from '../scorers/item-index.js'
import { textSimilarity } from '../scorers/text-similarity.js'
import { withNewItems } from '../scorers/with-new-items.js'
import { type Catalog, categoriesOf, type Item } from '../shop/catalog.js'
import type { History } from '../shop/histories.js'
import { usuallyLongest } from '../shop/interactions.js'
import type { Shop } from '../shop/read-shop.js'
import { idsIn } from '../shop/ids-in.js'
import { askAlike, latestOf, poolSize } from './ask-alike.js'
import { describeTraining } from './describe-training.js'
import { askingStep } from './asking.js'
import { diversify } from './diversify.js'
import { explain } from './explain.js'
import { explainedList } from './explain-list.js'
import { exportFormats } from './export-recommender.js'
import { packRecommender } from './pack-recommender.js'
import { type RecommendAnswer, recommendAnswer, type RecommendQuery, sayRecommendations } from './recommend-query.js'
import type { GroupOptions, RecommendedItem, RecommendOptions } from './recommend-options.js'
import type { UpdateOptions } from './update-recommender.js'
import type { RecommenderParts, RecommenderRecipe, RecommenderTraining, ValidationRow } from './recommender-parts.js'

/** A recommender fitted to a shop, with the shop's catalog: ids in, items out. */
export class RecommenderModel implements Trained<ShopData, RecommendQuery, RecommendAnswer> {
  readonly catalog: Catalog
  readonly recommender: Recommender
  readonly popular: Recommender
  readonly recipe: RecommenderRecipe
  readonly training: RecommenderTraining
  readonly validation: readonly ValidationRow[]
  readonly kept: RecommenderParts['kept']
  readonly since: RecommenderParts['since']

  constructor(parts: RecommenderParts) {
    this.catalog = parts.catalog
    this.recommender = parts.recommender
    this.popular = parts.popular
    this.recipe = parts.recipe
    this.training = parts.training
    this.validation = parts.validation
    this.kept = parts.kept
    this.since = parts.since
  }

  /**
   * The best items for somebody who took these, the oldest first. Nobody is looked up: a user never seen before is like any
   * other, and what was taken a moment ago counts. Ids that the catalog does not hold are ignored, and said. Who took nothing
   * that anything is known of gets what most users took.
   * @throws OptionError for a `k` that is no whole number from 1 on, and a diversity outside 0 and 1.
   */
  async recommend(history: readonly string[], options: RecommendOptions = {}): Promise<RecommendedItem[]> {
    return this.#list(this.recommender, this.#history(history, options), options)
  }

  /**
   * The best items for several people at once (`forGroup`): what any of them has is not among them. Who took nothing that anything is
   * known of has no say.
   * @param histories What each of them took, the oldest first.
   * @throws OptionError as `recommend`.
   */
  async recommendToGroup(
    histories: readonly (readonly string[])[],
    { strategy, ...options }: GroupOptions = {},
  ): Promise<RecommendedItem[]> {
    const members = histories.map((history) => this.#history(history, options)).filter(({ items }) => items.length > 0)
    const [first, ...others] = members
    if (!first) return this.#list(this.popular, this.#history([], options), options)
    const all = { items: Int32Array.from(members.flatMap(({ items }) => [...items])), times: new Float64Array() }
    return this.#list(forGroup(this.recommender, [first, ...others], strategy), all, options)
  }

  /**
   * Items like one: in the order in which they are recommended to somebody who took this one alone, or by their texts where the
   * method says the same as of somebody who took nothing.
   * @throws DataError for an id that the catalog does not hold: of an item that left it, or never was in it.
   */
  async similarItems(
    id: string,
    { k = 10, filter = () => true }: Pick<RecommendOptions, 'k' | 'filter'> = {},
  ): Promise<{ readonly item: Item; readonly score: number }[]> {
    const { catalog } = this
    if (catalog.numberOf(id) === undefined)
      throw new DataError(
        'similarItems',
        'an item of the catalog',
        JSON.stringify(id),
        'Update or train the model with it.',
      )
    checkLength(k)
    const history = historyFromIds(catalog, [id])
    const candidates = this.#candidates(filter, new Int32Array())
    const [own, usual] = [await this.recommender.score(history), await this.recommender.score(noHistory)]
    const byTexts = own.every((score, item) => score === usual[item])
    const recommender = byTexts ? textSimilarity(catalog.terms) : { name: '', score: () => own }
    const list = await recommend(recommender, history, { k, candidates })
    return list
      .filter(({ score }) => !byTexts || score > 0)
      .map(({ item, score }) => ({ item: this.#item(item), score }))
  }

  #history(ids: readonly string[], { onNotice }: Pick<RecommendOptions, 'onNotice'>): History {
    if (!Array.isArray(ids))
      throw new OptionError('history', 'a list of ids', JSON.stringify(ids) ?? 'none', 'Put it in brackets: ["id"].')
    return historyFromIds(this.catalog, this.recipe.repeats ? ids : latestOf(ids), onNotice)
  }

  async #list(recommender: Recommender, known: History, options: RecommendOptions): Promise<RecommendedItem[]> {
    const { k = 10, diversity = 0, repeats = this.recipe.repeats, dislikeWeight, onNotice, signal } = options
    checkLength(k)
    if (!(diversity >= 0 && diversity <= 1))
      throw new OptionError(
        'option "diversity"',
        'a number from 0 to 1',
        String(diversity),
        '0 takes the highest scores.',
      )
    if (dislikeWeight !== undefined && !(dislikeWeight >= 0 && dislikeWeight < Infinity))
      throw new OptionError(
        'option "dislikeWeight"',
        'a number from 0 on',
        String(dislikeWeight),
        'Leave it out for 0.5.',
      )
    const dislikes = historyFromIds(this.catalog, options.disliked ?? [], onNotice).items
    const candidates =
      options.filter || dislikes.length > 0 ? this.#candidates(options.filter ?? (() => true), dislikes) : undefined
    const [own, popular] =
      dislikes.length === 0
        ? [recommender, this.popular]
        : [
            against(recommender, dislikes, this.recommender, dislikeWeight),
            against(this.popular, dislikes, this.recommender, dislikeWeight),
          ]
    const list = { k: diversity === 0 ? k : k * poolSize, candidates, repeats, exact: options.exact }
    const found = known.items.length === 0 ? undefined : await ranked(own, known, list)
    const used = found ? own : popular
    const listed = found ?? (await recommend(popular, known, list))
    const lines = diversity === 0 ? listed : diversify(listed, this.catalog.terms, k, diversity)
    const numbers = lines.map(({ item }) => item)
    const carriers = options.explain
      ? await explain(used, known, numbers, this.#rivals(candidates, repeats ? undefined : known), {
          order: (rest, scores) => (isSilent(rest, scores) ? popular.score(rest) : scores),
          signal,
        })
      : []
    return lines.map(({ item, score }, place) => ({
      item: this.#item(item),
      score,
      because: (carriers[place] ?? []).map((carrier) => ({ ...carrier, item: this.#item(carrier.item) })),
    }))
  }

  /**
   * The same recommender with items that came later: each is scored as are those whose texts are most like its own, at once
   * and without new training.
   * @throws DataError for an id that the catalog holds already.
   */
  withItems(items: readonly Item[]): RecommenderModel {
    const catalog = this.catalog.with(items)
    const likes = withNewItems(this.catalog.size, catalog.terms)
    return new RecommenderModel({
      ...this,
      catalog,
      recommender: likes(this.recommender),
      popular: likes(this.popular),
    })
  }

  /**
   * The recommender that knows what users did since, and the items that came since, without a new fit: popularity, neighborhoods
   * and texts are then what a fit to all interactions gives (neighborhoods to the bit; what follows what, to the rounding of
   * single precision), with the settings that were chosen in training. Factors, EASE, sequence models and the calibration of a
   * network wait for the next training, which is said. It takes a model that keeps what users did (`keep` in training).
   * @param shop The new interactions, read as the training data were; of its items those that are new.
   * @throws DataError where the model does not keep what users did, and for rows without the ratings, events or times that the
   *   training data had.
   * @throws OptionError for new items where texts are compared by a backbone that is not given.
   */
  async update(shop: Shop, options: UpdateOptions = {}): Promise<RecommenderModel> {
    const { updateRecommender } = await import('./update-recommender.js')
    return new RecommenderModel(await updateRecommender(this, shop, options))
  }

  /** `update`, as all models have it that learn more. */
  extend({ shop, texts }: ShopData, options: RunOptions = {}): Promise<RecommenderModel> {
    return this.update(shop, { ...options, texts })
  }

  /**
   * The same recommender with an approximate index of its items, for catalogs of more than `from` items (100,000 unless
   * given) where scores are products of vectors. Measure before: exact lists were quicker with 200,000 items (`ItemVectors`). It
   * takes minutes to build, and is not saved; a filter and `exact` do not use it. Smaller catalogs and other methods stay as
   * they are.
   * @throws OptionError where it would help and the package usearch is not installed.
   */
  async withIndex({ from = 100_000 }: { readonly from?: number } = {}): Promise<RecommenderModel> {
    if (this.catalog.size <= from) return this
    return new RecommenderModel({ ...this, recommender: await withIndex(this.recommender) })
  }

  get answer(): typeof recommendAnswer {
    return recommendAnswer
  }

  /** How data are looked at as its training data were. */
  get reads(): Pick<ShopView, 'repeats' | 'threshold' | 'longestHistory' | 'split'> &
    Readonly<Record<string, unknown>> {
    const { repeats, threshold, longestHistory = usuallyLongest, split } = this.recipe
    return {
      repeats,
      ...(threshold !== null && { threshold }),
      ...(longestHistory !== usuallyLongest && { longestHistory }),
      ...(split && { split }),
    }
  }

  /** Lists for many, as JSON has them. In a history each entry is an id, or a line of CSV with several. */
  async ask(queries: readonly RecommendQuery[], options: RunOptions = {}): Promise<(RecommendAnswer | InputError)[]> {
    const answers: (RecommendAnswer | InputError)[] = await askAlike(this, queries, options.signal)
    for (const [place, query] of queries.entries()) {
      if (answers[place]) continue
      options.signal?.throwIfAborted()
      answers[place] = await this.#ask(query, options).catch((cause: unknown) => {
        if (!(cause instanceof HeadstartError) || cause.fault !== 'input') throw cause
        return new InputError(cause.who, cause.expected, cause.got, cause.remedy, { cause })
      })
    }
    return answers
  }

  /** The same with what holds for all of them: which items are in stock. */
  get asks(): Step<readonly RecommendQuery[], (RecommendAnswer | InputError)[]> {
    return askingStep((queries, options) => this.ask(queries, options))
  }

  say(answer: RecommendAnswer): string {
    return sayRecommendations(answer)
  }

  scores({ recommendations }: RecommendAnswer): Scored[] {
    return recommendations.map(({ item, score }) => ({ label: item, score }))
  }

  /**
   * NDCG@10 of each user who is asked for the last item, with HR@10, coverage and cold items.
   * @throws DataError when nobody took enough to be asked.
   */
  async measure(data: ShopData, run: Run = startRun()): Promise<Measured> {
    const { measureRecommender } = await import('./measure-recommender.js')
    return measureRecommender(this, data, run)
  }

  /** As `evaluateRecommender`. */
  async evaluate({ shop, texts, split }: ShopData, run: Partial<Run> = {}): Promise<RankingReport & Shown> {
    // Imported when it is needed: who asks for a list does not wait for what fits again.
    const { evaluateRecommender } = await import('./evaluate-recommender.js')
    return evaluateRecommender(this, shop, { ...run, texts, split })
  }

  /** Which items of the history carry a recommendation, the first of the list unless another is named. */
  async explain(query: RecommendQuery, { label, ...options }: ExplainAlso = {}): Promise<ShownExplanation> {
    const [answer] = await this.ask([{ ...query, explain: true }], options)
    if (answer instanceof InputError) throw answer
    return explainedList(answer as RecommendAnswer, label)
  }

  describe(): Shown {
    return describeTraining(this)
  }

  /** @throws DataError when it is a recommender that has no state. */
  async pack(): Promise<Packed> {
    return packRecommender(this)
  }

  get exports(): Readonly<Record<string, ExportFormat>> {
    return exportFormats(this)
  }

  /**
   * Writes the model as a folder that `loadRecommender` reads; an older model there is replaced as a whole or not at all.
   * @throws FileError when the folder cannot be written, or something that is no model stands there.
   */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(folder, await this.pack(), options)
  }

  /** Frees the native memory of its networks. Where it is asked after that, it takes some again. */
  async close(): Promise<void> {
    await this.recommender.close?.()
    await this.recommender.vectors?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #ask(
    { history = [], disliked = [], category, exclude = [], filter, like, group, ...query }: RecommendQuery,
    { signal, onEvent }: RunOptions,
  ): Promise<RecommendAnswer> {
    const ids = history.flatMap((entry) => idsIn(entry, this.catalog, '--history'))
    const isKnown = (id: string): boolean => this.catalog.numberOf(id) !== undefined
    const excluded = new Set(exclude.flatMap((entry) => idsIn(entry, this.catalog, '--exclude')))
    const filters = [
      ...(filter ? [filter] : []),
      ...(category === undefined ? [] : [this.#ofCategory(category)]),
      ...(excluded.size === 0 ? [] : [({ id }: Item): boolean => !excluded.has(id)]),
    ]
    const options = {
      ...query,
      disliked: disliked.flatMap((entry) => idsIn(entry, this.catalog, '--disliked')),
      filter: filters.length === 0 ? undefined : (item: Item) => filters.every((lets) => lets(item)),
      onNotice: (message: string) => onEvent?.({ type: 'notice', message }),
      signal,
    }
    if ((like !== undefined || group !== undefined) && query.explain)
      throw new OptionError('option "explain"', 'one history', 'an item or a group', 'Leave one of them out.')
    if (like !== undefined && history.length > 0)
      throw new OptionError('option "like"', 'an item alone', 'a history as well', 'Leave one of them out.')
    const list: readonly Pick<RecommendedItem, 'item' | 'score' | 'because'>[] =
      like !== undefined
        ? (await this.similarItems(like, options)).map((line) => ({ ...line, because: [] }))
        : group === undefined
          ? await this.recommend(ids, options)
          : await this.recommendToGroup(
              history.map((entry) => idsIn(entry, this.catalog, '--history')),
              { ...options, strategy: group },
            )
    return {
      method: this.recipe.method,
      history: like === undefined ? ids.filter(isKnown) : [like],
      unknown: ids.filter((id) => !isKnown(id)),
      recommendations: list.map(({ item: { id, title }, score, because }) => ({
        item: id,
        title: title ?? null,
        score,
        ...(query.explain && {
          because: because.map(({ item, drop, place }) => ({ item: item.id, title: item.title ?? null, drop, place })),
        }),
      })),
    }
  }

  /** @throws OptionError for a category that no item has. */
  #ofCategory(category: string): (item: Item) => boolean {
    const isOf = (item: Item): boolean => categoriesOf(item).includes(category)
    if (this.catalog.items.some(isOf)) return isOf
    const known = [...new Set(this.catalog.items.flatMap((item) => categoriesOf(item)))]
    const all = closestFirst(known, category.slice(0, 60)).map((one) => JSON.stringify(one))
    const got = JSON.stringify(category.slice(0, 60))
    if (all.length === 0) {
      const remedy = 'Leave it out, or train with items that have a column category.'
      throw new OptionError('option "category"', 'no category, since no item has one', got, remedy)
    }
    const expected = `one of ${all.slice(0, 10).join(', ')}${all.length > 10 ? ` and ${all.length - 10} others` : ''}`
    throw new OptionError('option "category"', expected, got, 'Check its spelling.')
  }

  #candidates(filter: (item: Item) => boolean, disliked: Int32Array): Uint8Array {
    const candidates = Uint8Array.from(this.catalog.items, (item) => (filter(item) ? 1 : 0))
    for (const item of disliked) candidates[item] = 0
    return candidates
  }

  /** What can be in a list: 1, or 0 for what is no candidate and what the user has. */
  #rivals(candidates: Uint8Array | undefined, had: History | undefined): Uint8Array {
    const rivals = candidates?.slice() ?? new Uint8Array(this.catalog.size).fill(1)
    for (const item of had?.items ?? []) rivals[item] = 0
    return rivals
  }

  #item(number: number): Item {
    return this.catalog.items[number] as Item
  }
}

function checkLength(k: number): void {
  if (Number.isInteger(k) && k >= 1) return
  throw new OptionError('option "k"', 'a whole number from 1 on', String(k), 'Give the length of the list.')
}

const noHistory: History = { items: new Int32Array(), times: new Float64Array() }
