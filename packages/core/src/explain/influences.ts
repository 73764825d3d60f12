import type { ExampleOf } from '../contract/explanation.js'
import { type Matrix, rowOf, sparseMatrix } from '../contract/matrix.js'
import type { Kind, Target } from '../contract/target.js'
import { directionOf } from '../head/directions.js'
import { encodeTargets, type Head } from '../head/head.js'
import type { LinearWeights } from '../head/head-objective.js'
import { stack } from '../head/held-out.js'
import { sparseProductsOf } from '../head/products.js'
import { spanOf } from '../head/span.js'
import { leaveOneOutChanges } from './influence.js'

/** What is explained of an answer: one of the logits, and what each of them counts. */
export interface AnswerWeights {
  readonly kind: Kind
  readonly column: number
  readonly label: string | number
  /** `[outputs]` */
  readonly direction: Float64Array
}

/** The training examples that a model keeps, and how its head was fitted to them. */
export interface KnownExamples {
  /** `[n, featureSize]` */
  readonly features: Matrix
  readonly examples: readonly { readonly label: Target; readonly name?: string }[]
  /** Of a linear head at its optimum on these features; undefined for others. */
  readonly fitted: { readonly l2: number; readonly inverseTemperature: number } | undefined
}

export interface Influences {
  readonly examples: readonly ExampleOf[]
  readonly note?: string | undefined
}

/** Most products, of examples, features and outputs, for which influences are computed: some seconds. */
const mostProducts = 3e7

/** The nearest of the training examples, and those that an answer hangs on most. */
export function influencesOf(
  { features, examples, fitted }: KnownExamples,
  head: Head,
  input: Float32Array,
  { direction }: AnswerWeights,
  count: number,
): Influences {
  const { rows, columns } = features
  const center = new Float64Array(columns)
  for (let i = 0; i < features.data.length; i++)
    center[i % columns] = (center[i % columns] as number) + (features.data[i] as number) / rows
  const own = directionOf(input, center)
  const likeness = Array.from({ length: rows }, (_, row) =>
    directionOf(rowOf(features, row), center).reduce((sum, value, at) => sum + value * (own[at] as number), 0),
  )
  const weights = linearWeightsOf(head)
  const isTooLarge = rows * Math.min(rows, columns) * direction.length > mostProducts
  let influence: Float64Array | undefined
  let note: string | undefined
  if (!fitted || !weights)
    note =
      'Which examples the answer hangs on is said of a linear head on a frozen network, trained without class weights.'
  else if (isTooLarge)
    note = 'Which examples the answer hangs on was not computed: there are too many of them and of classes.'
  else {
    const { l2, inverseTemperature } = fitted
    const fit = {
      weight: weights.weight.map((w) => w / inverseTemperature),
      bias: weights.bias.map((b) => b / inverseTemperature),
    }
    const targets = encodeTargets(
      examples.map(({ label }) => label),
      head.labels,
    )
    const known = { kind: head.kind, l2, targets, weights: new Float64Array(rows).fill(1) }
    const asked = columns > rows ? inSpan(features, input, fit) : { features, input, head: fit }
    // What it changes by being there is the negative of what leaving it out changes.
    influence = leaveOneOutChanges({ ...known, ...asked }, asked.input, direction).map(
      (change) => -change * inverseTemperature,
    )
  }
  const first = (values: ArrayLike<number>, of: (value: number) => number): number[] =>
    [...examples.keys()].sort((a, b) => of(values[b] as number) - of(values[a] as number)).slice(0, count)
  const chosen = new Set([...first(likeness, (value) => value), ...(influence ? first(influence, Math.abs) : [])])
  return {
    examples: [...chosen].map((row) => {
      const { name, label } = examples[row] as (typeof examples)[number]
      return {
        row: row + 1,
        ...(name !== undefined && { name }),
        label: [label].flat().join(' | '),
        likeness: likeness[row] as number,
        influence: influence ? (influence[row] as number) : null,
      }
    }),
    note,
  }
}

/** The same features, input and head in coordinates of what the examples and the input span: these are fewer than columns of words. */
function inSpan(features: Matrix, input: Float32Array, { weight, bias }: LinearWeights) {
  const { rows, columns } = features
  const all = stack([features, { rows: 1, columns, data: input }])
  const outputs = bias.length
  const values = new Float64Array(all.rows * outputs)
  for (let i = 0; i < all.data.length; i++) {
    const value = all.data[i] as number
    if (value === 0) continue
    const [at, from] = [Math.floor(i / columns) * outputs, (i % columns) * outputs]
    for (let k = 0; k < outputs; k++) values[at + k] = (values[at + k] as number) + value * (weight[from + k] as number)
  }
  const products = sparseProductsOf(sparseMatrix(all.rows, columns, (row, into) => into.set(rowOf(all, row))))
  const span = spanOf(products, all.rows)
  const coordinates = Float32Array.from(span.coordinates)
  return {
    features: { rows, columns: span.rank, data: coordinates.subarray(0, rows * span.rank) },
    input: coordinates.subarray(rows * span.rank),
    head: { weight: span.weights(values, outputs), bias },
  }
}

/** The weights of a head that is one matrix. */
function linearWeightsOf({ graph }: Head): { weight: Float64Array; bias: Float64Array } | undefined {
  const [gemm] = graph.nodes
  if (gemm?.opType !== 'Gemm') return undefined
  const [weight, bias] = gemm.inputs.slice(1).map((name) => graph.initializers.get(name)?.data)
  return weight && bias
    ? { weight: Float64Array.from(weight as Float32Array), bias: Float64Array.from(bias as Float32Array) }
    : undefined
}
