import type { Head } from './head.js'
import type { HeadProblem } from './head-objective.js'
import type { JsonObject } from '../contract/backbone.js'
import type { Matrix } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { Kind } from '../contract/target.js'

/** What a head is learned from. */
export interface HeadExamples extends HeadProblem {
  /** Class or label names in the order of the targets' columns; empty for regression. */
  readonly labels: readonly string[]
  /** Weight of each example, `[n]`: one of weight 2 counts as two. */
  readonly weights: Float64Array
  /** Row numbers held out in each fold, to choose by; a row may be held out several times. Empty where `l2` is given. */
  readonly folds: readonly (readonly number[])[]
  /** Where the strength of the penalty is looked for first, as in `Assessment.decade`. Default: where it is expected. */
  readonly decade?: number | undefined
}

/** Options of `HeadMethod.learn`. */
export interface LearnHeadOptions extends RunOptions {
  /** Strength of the L2 penalty, where it was given. */
  readonly l2?: number | undefined
  /** See `HeadOptions.strength`. */
  readonly strength?: 'loss' | 'calibrated' | undefined
  /** What the logits are multiplied by where `l2` is given. Default 1. */
  readonly inverseTemperature?: number | undefined
}

/** A head, and how it came to be. */
export interface LearnedHead {
  readonly head: Head
  /** For each example what the (last) head that did not see it answers, `[n, outputs]`. Undefined without folds. */
  readonly heldOut: Matrix | undefined
  /** Strength of the L2 penalty; 0 where the head has none. */
  readonly l2: number
  /** What else was chosen on held-out examples, for the recipe. */
  readonly chosen: JsonObject
}

/** A way of getting from features to answers: one file, and one entry of `headMethods`. */
export interface HeadMethod {
  /** What it can answer. */
  readonly kinds: readonly Kind[]
  /** What it chooses on held-out examples, in words. */
  readonly chooses: string
  /** Options of `fineTune` that it takes beside those of every head. */
  readonly takes: readonly ('l2' | 'unfreeze' | 'strategy')[]
  /** The same examples give the same head. */
  learn(examples: HeadExamples, options: LearnHeadOptions): Promise<LearnedHead>
}
