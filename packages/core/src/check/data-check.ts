import type { Kind } from '../contract/target.js'
import type { Issue } from './issue.js'

/** What was found in data. */
export interface DataCheck {
  readonly kind: Kind
  readonly examples: number
  readonly testExamples: number
  readonly labels: readonly string[]
  /** By kind, in the order of `issueKinds`, the worst of each kind first. */
  readonly issues: readonly Issue[]
  /**
   * How much the label of each example is doubted, from 0 to 1, in the order of the data: those that are doubted most are issues. Null where
   * it was not checked.
   */
  readonly labelDoubts: readonly (number | null)[]
  /** What could not be checked, and why, in sentences. */
  readonly notes: readonly string[]
}
