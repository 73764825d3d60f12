import type { JsonObject, Matrix, Run, RunOptions } from '@headstart/core'
import type { Catalog } from '../shop/catalog.js'
import type { Histories } from '../shop/histories.js'
import type { Recommender } from './recommend.js'
import type { SparseRows } from '../math/sparse-rows.js'
import type { Split } from '../shop/split-histories.js'

/** What a method may know of the items, beside what users did with them. */
export interface Material {
  readonly catalog: Catalog
  /** Terms of the items' texts with their weights, [items, terms] (`tfIdf`). */
  readonly terms: SparseRows
  /** What texts are compared by: the terms, or the features of a text backbone; rows of length 1 or 0. */
  readonly texts: SparseRows | Matrix
}

/** Questions by which settings and methods are chosen. */
export interface Validation extends Split {
  /** Whether settings are chosen with what the user has among the items that are ranked. Default: false. */
  readonly repeats?: boolean | undefined
}

/** The settings that validation likes best. */
export interface Choice<Settings extends JsonObject = JsonObject> {
  readonly settings: Settings
  /** Mean NDCG@10 over the validation cases; undefined without any. */
  readonly ndcg: number | undefined
}

/** The methods that are set side by side: a saved recommender of another one is of a newer version. */
export const recommenderMethodNames = [
  'popularity',
  'item-knn',
  'ease',
  'ease-text',
  'als',
  'session-knn',
  'sequential-rules',
  'scratch',
  'untrained',
  'frozen',
  'fine-tuned',
] as const
export type RecommenderMethodName = (typeof recommenderMethodNames)[number]

/**
 * One way of getting a recommender, to be compared with others on the same shop. What it chooses, it chooses once, on
 * validation data; what it chose is fitted to any histories after that.
 */
export interface RecommenderMethod {
  readonly name: RecommenderMethodName
  /** What it is, for people. */
  readonly description: string
  /**
   * Fits what there is to choose between to `validation.train` and takes what does best on its cases. Without cases it
   * takes what is usual.
   */
  choose(material: Material, validation: Validation, run: Run): Promise<Choice>
  /** A recommender with these settings, fitted to the histories. It has a `state`, so that it can be saved. */
  fit(material: Material, train: Histories, settings: JsonObject, run: Run): Promise<Recommender>
}

/** The notices alone of a method's events: how far the whole comparison is says who compares. */
export function noticesOf({ onEvent }: RunOptions): RunOptions['onEvent'] {
  return onEvent && ((event) => event.type === 'notice' && onEvent(event))
}
