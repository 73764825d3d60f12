import type { JsonObject } from '@headstart/core'
import type { Catalog } from '../shop/catalog.js'
import type { Recommender } from '../contract/recommend.js'
import type { RecommenderMethodName } from '../contract/recommender-method.js'
import type { SplitBy } from '../shop/split-histories.js'
import type { KeptHistories } from '../shop/kept-histories.js'

/** How a recommender came to be: enough to train it again. */
export interface RecommenderRecipe {
  readonly method: RecommenderMethodName
  /** Chosen on validation data. */
  readonly settings: JsonObject
  readonly seed: number
  /** Id of the backbone that texts were compared by; null where it was their terms. */
  readonly texts: string | null
  /** The least value that counted as liked; null where it was the usual one. */
  readonly threshold: number | null
  /** Positives of the users that were asked about. */
  readonly minimum: number
  /** Whether it learned from repeated interactions, and recommends what the user has. */
  readonly repeats: boolean
  /** How many of a user's latest interactions counted; all of them where it is left out, as in models of version 0.1. */
  readonly longestHistory?: number | undefined
  /** What was asked for to choose by, where it was not the last item of each user. */
  readonly split?: SplitBy | undefined
}

/** What a recommender was fitted to. */
export interface RecommenderTraining {
  readonly users: number
  /** Positive ones. */
  readonly interactions: number
  readonly items: number
  /** A hash of these interactions, by which they are known again. */
  readonly fingerprint: string
}

/** What a method reached on validation data. */
export interface ValidationRow {
  readonly method: RecommenderMethodName
  readonly settings: JsonObject
  /** Mean NDCG@10; null where there was nobody to ask. */
  readonly ndcg: number | null
}

/** What came to a recommender since it was fitted. */
export interface GrownSince {
  readonly updates: number
  readonly interactions: number
  readonly items: number
  /** Names of the scorers that know of it when they are fitted again. */
  readonly waiting: readonly string[]
}

/** The parts of a recommender model. */
export interface RecommenderParts {
  readonly catalog: Catalog
  readonly recommender: Recommender
  /** How many took each item: the list for who has no history. */
  readonly popular: Recommender
  readonly recipe: RecommenderRecipe
  readonly training: RecommenderTraining
  /** One row for each method that was tried. */
  readonly validation: readonly ValidationRow[]
  /** What users did, where it was to be kept (`TrainRecommenderOptions.keep`). */
  readonly kept?: KeptHistories | undefined
  /** What came by `update` since it was fitted; undefined where nothing did. */
  readonly since?: GrownSince | undefined
}
