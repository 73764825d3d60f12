import type { JsonValue } from '../contract/backbone.js'

/** How a model came to be: enough to train it again. */
export interface Recipe {
  /**
   * 'head': everything frozen but a head. 'joint' or 'contrastive': the last stages of the backbone were tuned as well (see
   * `TuningOptions`), with the options that are listed beside. 'zero-shot': made from the names of the classes, without
   * examples.
   */
  readonly strategy: 'head' | 'joint' | 'contrastive' | 'zero-shot'
  readonly seed: number
  /** Strength of the L2 penalty. */
  readonly l2: number
  /** Folds of the cross-validation that chose `l2`; 0 where it was given. */
  readonly folds: number
  readonly classWeight: 'none' | 'balanced' | Readonly<Record<string, number>>
  readonly [option: string]: JsonValue
}
