import type { Backbone } from '../contract/backbone.js'
import type { Columns } from '../data/table/index.js'
import type { Report, TrainingSummary } from '../evaluate/report.js'
import type { Head } from '../head/head.js'
import type { TrainedOn } from '../trust/trained-on.js'
import type { Trust } from '../trust/trust.js'
import type { KeptExamples } from './kept-examples.js'
import type { Recipe } from './recipe.js'

/** The parts of a model. */
export interface ModelParts<Input> {
  readonly backbone: Backbone<Input>
  readonly head: Head
  readonly recipe: Recipe
  /** What the training targets looked like, from which the naive baseline answers. */
  readonly training: TrainingSummary
  /** What it knows of the limits of its answers. Default: nothing. */
  readonly trust?: Trust | undefined
  /** Its training examples, where they were to be kept. */
  readonly kept?: KeptExamples | undefined
  /** Marks of its training inputs, where it does not keep these themselves. Made when they are needed. */
  readonly trainedOn?: (() => Promise<TrainedOn>) | undefined
  /** See `Dataset.columns`, of what it learned from. */
  readonly columns?: Columns | undefined
  /** A head for the network alone, where something stands beside it: for those who have nothing else. */
  readonly alone?: Head | undefined
  /** Whether the backbone is this model's alone, and closed with it. Default false. */
  readonly ownsBackbone?: boolean
  /** Gives the figures on held-out training examples, where there were any. Called at most once. */
  readonly validation?: () => Report | undefined
}
