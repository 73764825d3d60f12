import type { Matrix } from '../contract/matrix.js'
import type { Kind, Target } from '../contract/target.js'
import { allAlike } from '../features/alike.js'
import { type Conformity, conformityOf } from './conformity.js'
import { type Familiarity, familiarityOf } from './familiarity.js'

/** What a model knows of the limits of its own answers. */
export interface Trust {
  /** How like its training examples an input is; undefined where all of them looked alike, or there were none. */
  readonly familiarity: Familiarity | undefined
  /** How right it was on examples that were held out; undefined where none were. */
  readonly conformity: Conformity | undefined
}

/** Of a model that learned nothing of this: made from names alone, or saved by an older version. */
export const noTrust: Trust = { familiarity: undefined, conformity: undefined }

/** What trust is learned from. */
export interface TrustExamples {
  readonly kind: Kind
  readonly labels: readonly string[]
  /** Of the network that the model has, `[n, featureSize]`. */
  readonly features: Matrix
  readonly examples: readonly { readonly label: Target; readonly group?: string | number }[]
  /** Truth and answers of the examples that were held out, `[m, outputs]` each. */
  readonly heldOut: { readonly targets: Matrix; readonly results: Matrix } | undefined
}

/** What a model learns of the limits of its answers from its training examples. */
export async function trustOf({ kind, labels, features, examples, heldOut }: TrustExamples): Promise<Trust> {
  const numbers = new Map(labels.map((label, number) => [label, number]))
  const members = examples.map(({ label }) =>
    typeof label === 'number' ? [0] : [label].flat().map((name) => numbers.get(name) as number),
  )
  const groups = examples.map(({ group }) => group)
  return {
    familiarity: allAlike(features)
      ? undefined
      : await familiarityOf(features, members, Math.max(labels.length, 1), groups),
    conformity: heldOut && conformityOf(kind, heldOut.targets, heldOut.results),
  }
}
