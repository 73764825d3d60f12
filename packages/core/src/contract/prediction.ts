import { type Matrix, rowOf } from './matrix.js'
import type { Target, Kind } from './target.js'

/** Answer of a classification head. */
export interface ClassPrediction<Label extends string> {
  /** The most probable class. */
  readonly label: Label
  /** Its probability. */
  readonly probability: number
  /** Probability of every class, in the order of the model's `labels`; they sum to 1. */
  readonly probabilities: Readonly<Record<Label, number>>
  /** Where a `coverage` was asked for: the classes that hold the right one with that probability, most probable first; at least one. */
  readonly set?: readonly Label[]
}

/** Answer of a multi-label head. */
export interface LabelsPrediction<Label extends string> {
  /** Labels with a probability of at least 0.5. */
  readonly labels: readonly Label[]
  /** Probability of each label by itself, in the order of the model's `labels`. */
  readonly probabilities: Readonly<Record<Label, number>>
}

/** Answer of a regression head. */
export interface ValuePrediction {
  readonly value: number
  /** Where a `coverage` was asked for: the numbers between which the right one lies with that probability. */
  readonly interval?: readonly [low: number, high: number]
}

/** What is said where `unknown` was asked for. */
export interface Known<Label extends string> {
  /** Whether the input is like what the model was trained on. Where it is not, there is no answer: `label` and `value` are undefined. */
  readonly known: boolean
  /** Largest cosine of its features with the mean of a class of the training examples: 1 is most alike. */
  readonly familiarity: number
  /** The class that it is most like; undefined of numbers. */
  readonly nearest: Label | undefined
}

/** A prediction that is refused where the input is unlike what the model was trained on. */
export type Judged<P> =
  P extends ClassPrediction<infer Label>
    ? Omit<P, 'label'> & { readonly label: Label | undefined } & Known<Label>
    : P extends LabelsPrediction<infer Label>
      ? P & Known<Label>
      : Omit<P, 'value'> & { readonly value: number | undefined } & Known<never>

/** The answer that goes with a label type. */
export type Prediction<Label extends Target> = Target extends Label
  ? ClassPrediction<string> | LabelsPrediction<string> | ValuePrediction
  : [Label] extends [string]
    ? ClassPrediction<Label>
    : [Label] extends [number]
      ? ValuePrediction
      : [Label] extends [readonly (infer One extends string)[]]
        ? LabelsPrediction<One>
        : never

/** Answers from a head's results, `[n, labels]` or `[n, 1]`. */
export function toPredictions<Label extends Target>(
  kind: Kind,
  labels: readonly string[],
  results: Matrix,
): Prediction<Label>[] {
  const predict = {
    classification: (row: Float32Array): ClassPrediction<string> => {
      const top = indexOfLargest(row)
      return { label: labels[top] as string, probability: row[top] as number, probabilities: byLabel(labels, row) }
    },
    'multi-label': (row: Float32Array): LabelsPrediction<string> => ({
      labels: labels.filter((_, index) => (row[index] as number) >= 0.5),
      probabilities: byLabel(labels, row),
    }),
    regression: (row: Float32Array): ValuePrediction => ({ value: row[0] as number }),
  }[kind]
  return Array.from({ length: results.rows }, (_, row) => predict(rowOf(results, row)) as Prediction<Label>)
}

function byLabel(labels: readonly string[], row: Float32Array): Record<string, number> {
  return Object.fromEntries(labels.map((label, index) => [label, row[index] as number]))
}

function indexOfLargest(row: Float32Array): number {
  let top = 0
  for (let i = 1; i < row.length; i++) if ((row[i] as number) > (row[top] as number)) top = i
  return top
}
