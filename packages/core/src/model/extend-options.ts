import type { RunOptions } from '../contract/progress.js'
import type { CacheOption } from '../features/cached-features.js'

/** Options of `Model.extend` and `Model.forget`. */
export interface ExtendOptions extends RunOptions {
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption | undefined
  /**
   * Whether the strength of the penalty is chosen anew. Default true. false takes the one of before, which is a fraction of the time, for
   * some examples among many: figures on held-out examples, and what sets and intervals are told by, stay those of before.
   */
  readonly choose?: boolean | undefined
}
