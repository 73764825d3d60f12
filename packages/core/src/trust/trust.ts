import { type Matrix, takeRows } from '../contract/matrix.js'
import type { Kind, Target } from '../contract/target.js'
import { allAlike } from '../features/alike.js'
import { type Conformity, conformityOf } from './conformity.js'
import { type Familiarity, familiarityOf, likenessOf } from './familiarity.js'
import { ranked } from './ranked.js'

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
  /**
   * How familiar examples were to networks that had not seen them: a network that was tuned on examples knows them better than others.
   * Default: the network was not, and each example is scored without itself.
   */
  readonly familiar?: readonly number[] | undefined
  /** Truth and answers of the examples that were held out, `[m, outputs]` each. */
  readonly heldOut: { readonly targets: Matrix; readonly results: Matrix } | undefined
}

/** What a model learns of the limits of its answers from its training examples. */
export async function trustOf({ kind, labels, features, examples, heldOut, familiar }: TrustExamples): Promise<Trust> {
  const groups = examples.map(({ group }) => group)
  return {
    familiarity: allAlike(features)
      ? undefined
      : {
          ...(await familiarityOf(features, membersOf(labels, examples), Math.max(labels.length, 1), groups)),
          ...(familiar && familiar.length > 0 && { held: ranked(familiar) }),
        },
    conformity: heldOut && conformityOf(kind, heldOut.targets, heldOut.results),
  }
}

/** How familiar some of the examples are by the others, `[rows.length]`. */
export async function heldOutFamiliarity(
  { labels, examples }: Pick<TrustExamples, 'labels' | 'examples'>,
  features: Matrix,
  rows: readonly number[],
): Promise<Float32Array> {
  const held = new Set(rows)
  const others = [...examples.keys()].filter((row) => !held.has(row))
  const members = membersOf(
    labels,
    others.map((row) => examples[row] as TrustExamples['examples'][number]),
  )
  const usual = await familiarityOf(takeRows(features, others), members, Math.max(labels.length, 1))
  return (await likenessOf(takeRows(features, rows), usual)).familiarity
}

/** Numbers of the classes or labels of each example; 0 of numbers. */
function membersOf(labels: readonly string[], examples: TrustExamples['examples']): number[][] {
  const numbers = new Map(labels.map((label, number) => [label, number]))
  return examples.map(({ label }) =>
    typeof label === 'number' ? [0] : [label].flat().map((name) => numbers.get(name) as number),
  )
}
