import type { OnUnreadable } from '../contract/backbone.js'
import type { RunOptions } from '../contract/progress.js'
import type { EvaluateAlso } from '../contract/trained.js'
import type { CacheOption } from '../features/cached-features.js'
import type { Unknown } from '../trust/refusal.js'

/** Some inputs, or a single one that is no list. */
export type Inputs<Input> = readonly Input[] | Exclude<Input, readonly unknown[]>

/** Options of `Model.predict`. */
export interface PredictOptions extends RunOptions {
  /** Called for each input that cannot be read, which has no answer. Default: the first one ends the work. */
  readonly onUnreadable?: OnUnreadable
  /** Feature cache. Default `false`: none, for what is asked once. */
  readonly cache?: CacheOption | undefined
  /**
   * Refuses what is not of the kind that was trained on: the share of what is of it that may be refused by mistake, true for 0.05.
   * Each answer says then whether it is `known`, its `familiarity`, and what is `nearest`.
   */
  readonly unknown?: Unknown | true | undefined
  /** Of classes the `set` that holds the right one with this probability, of numbers such an `interval`: 0.9. */
  readonly coverage?: number | undefined
}

/** Options of `Model.evaluate`. */
export interface EvaluateOptions<Input = unknown> extends RunOptions, EvaluateAlso<Input> {
  /** Share of what belongs that may be refused by mistake, for what is `outOfScope`. Default 0.05. */
  readonly unknown?: Unknown | undefined
  /** Seed of the bootstrap intervals. Default 0. */
  readonly seed?: number | undefined
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption | undefined
}
