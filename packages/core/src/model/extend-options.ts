import type { RunOptions } from '../contract/progress.js'
import type { CacheOption } from '../features/cached-features.js'

/** Options of `Model.extend` and `Model.forget`. */
export interface ExtendOptions extends RunOptions {
  /** Feature cache; default: the one on disk. `false` switches it off. */
  readonly cache?: CacheOption | undefined
}
