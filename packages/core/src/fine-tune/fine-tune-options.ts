import type { Devices } from '../contract/backbone.js'
import type { CacheOption } from '../features/cached-features.js'
import type { CheckpointOptions } from './checkpoint.js'
import type { HeadName } from '../head/head-method-names.js'
import type { Recipe } from '../model/recipe.js'
import type { RunOptions } from '../contract/progress.js'

/** Options of the head. */
export interface HeadOptions extends RunOptions {
  /**
   * What stands on the features. 'linear' (default): a linear head at its optimum. 'prototype': the class whose mean is most
   * alike, for classes. 'nearest': the most alike training examples, which the model holds.
   */
  readonly head?: HeadName
  /** Strength of the L2 penalty on the weights of a linear head (> 0). Default: chosen by cross-validation. */
  readonly l2?: number
  /**
   * What the penalty of more than two classes is chosen by, on held-out examples. 'loss' (default): the logarithm of the probability of
   * the right class. 'calibrated': the same after the logits were multiplied by one number that suits all of them, as the head's are
   * in the end: with many classes of few examples each a stronger penalty is then found, and the loss of the calibrated head is lower.
   */
  readonly strength?: 'loss' | 'calibrated' | undefined
  /**
   * Folds of the cross-validation that chooses it, the scale of prototypes or the number of neighbors. Default 5, or fewer
   * where the smallest class has fewer examples.
   */
  readonly folds?: number
  /**
   * Weight of each class in the loss, and in the votes of neighbors, 1 where it is left out; 'balanced': inversely to its
   * frequency. Default 'none': all examples alike.
   */
  readonly classWeight?: Recipe['classWeight']
  /**
   * What stands beside the network, of a backbone that knows more (see `withKnowledge`). 'chosen' (default): what held-out examples
   * gain by, with linear heads, and with another head as well where that is asked for. 'none': nothing. Nothing stands beside tuned
   * stages; the frozen network with what is known beside it is the model where it answers held-out examples better.
   */
  readonly knowledge?: 'chosen' | 'none' | undefined
  /**
   * What classes are called, by their labels, where these are none: `{ 0: 'negative', 1: 'positive' }`. What stands beside the network
   * goes by it, such as the names of classes as further examples. Default: what they are labeled.
   */
  readonly names?: Readonly<Record<string, string>> | undefined
  /**
   * Where the backbone's network runs: execution providers of onnxruntime, passed through, in order of preference. Default: as
   * the backbone was made, mostly 'cpu'. What is not there is an error, nothing falls back in silence.
   */
  readonly device?: Devices | undefined
  /**
   * Keeps the examples' features with the model, and the names of texts and paths: so that it can be taught more (`extend`), made to
   * forget, and say which examples an answer is like. It is larger by 4 bytes for each number, and gives away what it keeps.
   * Default false.
   */
  readonly keep?: boolean | undefined
  /** Decides all that is random. Default 0. */
  readonly seed?: number | undefined
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption | undefined
}

/** Options of the tuning of the backbone's last stages. */
export interface TuningOptions {
  /**
   * Number of stages to unfreeze, counted from the output, or 'all'. Default 0: the backbone stays frozen; where a
   * `strategy` is given, all but the first, such as an embedding of which few rows are met.
   */
  readonly unfreeze?: number | 'all'
  /**
   * How the unfrozen stages are tuned. 'joint' (default): together with the head, by the head's own loss. 'contrastive':
   * examples of one class are pulled together and those of two apart (Khosla et al. 2020), then a head is solved on the new
   * features; for classification, best with few examples of each class.
   */
  readonly strategy?: 'joint' | 'contrastive'
  /** Trains low-rank updates of the unfrozen matrices instead of all weights. Default: all weights. */
  readonly lora?: LoraOptions
  /** Passes over the training examples. Default: by their number, 10 for few to 4 for many. */
  readonly epochs?: number
  /** Examples of one step. Default 32. */
  readonly batchSize?: number
  /** Learning rate of the last stage and the head, for AdamW. Default 3e-4, contrastive 1.5e-4; with LoRA ten times that. */
  readonly learningRate?: number
  /**
   * The learning rate is divided by this from stage to stage towards the input. Default 2.6 (Howard and Ruder 2018), and 1
   * for contrastive tuning.
   */
  readonly depthDecay?: number
  /** Strength of AdamW's weight decay, of matrices alone. Default 0.01. */
  readonly weightDecay?: number
  /** Unfreezes one more stage with each epoch instead of all at once (Howard and Ruder 2018). Default false. */
  readonly gradual?: boolean
  /** Epochs without a better validation loss after which a run ends. Default: a third of all, at least 3. */
  readonly patience?: number
  /**
   * Share of the training examples that is held out to choose by, above 0 and below 1. Default: 0.2, but below 400
   * examples, a group (such as a picture and its changed copies) counted as one, each is held out once, in a run of its own
   * fold, and the last run learns from all.
   */
  readonly validation?: number
  /** File in which the progress of the tuning is kept, so that an interrupted run can be resumed. Default: none. */
  readonly checkpoint?: string | CheckpointOptions | undefined
  /** Goes on from the checkpoint, where there is one, and gives the same model, bit for bit. Default false. */
  readonly resume?: boolean | undefined
}

/** Options of low-rank adaptation (Hu et al. 2021). */
export interface LoraOptions {
  /** Rank of the updates; a matrix with a smaller side than that stays frozen. */
  readonly rank: number
  /** The updates are multiplied by alpha / rank. Default: the rank. */
  readonly alpha?: number
  /** Chooses matrices by name. Default: all of the unfrozen stages. */
  readonly weights?: (name: string) => boolean
}

/** Options of `fineTune`. */
export interface FineTuneOptions extends HeadOptions, TuningOptions {}

/** Inputs of the kind that is learned from, without labels. */
export interface Unlabelled<Input> {
  /**
   * What stands beside the network can learn from them, such as which words are rare, where held-out examples gain by it. Default:
   * none.
   */
  readonly unlabelled?: readonly Input[] | undefined
}

/** The names of all options, which a program without types can misspell. */
export const fineTuneOptionNames = Object.keys({
  head: true,
  l2: true,
  strength: true,
  folds: true,
  classWeight: true,
  knowledge: true,
  names: true,
  device: true,
  keep: true,
  seed: true,
  cache: true,
  unfreeze: true,
  strategy: true,
  lora: true,
  epochs: true,
  batchSize: true,
  learningRate: true,
  depthDecay: true,
  weightDecay: true,
  gradual: true,
  patience: true,
  validation: true,
  checkpoint: true,
  resume: true,
  unlabelled: true,
  onEvent: true,
  signal: true,
} satisfies Record<keyof (FineTuneOptions & Unlabelled<never>), true>)
