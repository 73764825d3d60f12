import { float32, type Graph, GraphBuilder, Session, type Value } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import { directionNodes, directionsOf } from '../head/directions.js'
import { headNames } from '../head/head.js'
import { type Ranked, ranked } from './ranked.js'

/** Names of what tells familiarity in every saved `model.onnx`: its output, and the weight that holds the means. */
export const familiarityNames = {
  output: 'familiarity',
  means: 'familiarity.means',
  power: 'familiarity.power',
} as const

/**
 * Of features in which a few large numbers decide, such as pooled rectified units, the power is taken (Perronnin, Sánchez and Mensink,
 * "Improving the Fisher Kernel for Large-Scale Image Classification", 2010, section 3.2), with their sign. A few decide where the excess
 * kurtosis of the numbers of an input is above that of the Laplace distribution: pooled feature maps have about 20, sentence encoders -1.
 */
const heavyTails = { power: 0.25, kurtosis: 3 }

/** Rows of which the cosines to all means are in memory at once. */
const atOnce = 1024
/** Rows of which the cosines are computed here. */
const few = 8

/**
 * How like its training examples an input is: the largest cosine of its features with the mean of a class. The features are
 * those of the network alone, without what is known of an input beside them: centered or whitened they tell worse what is foreign, and neither neighbors nor the
 * probability tell better (measured on texts and pictures of other tasks).
 */
export interface Familiarity {
  /**
   * Mean direction of the examples of each class or label, of length 1, `[labels, columns]`; one of all for regression. The columns
   * are the network's, which come first among the features.
   */
  readonly means: Matrix
  /** To which features are taken first, with their sign: 0.25 where a few large ones decide, else 1. */
  readonly power: number
  /** Familiarity of training examples with means that they are no part of; undefined where nothing tells what is usual. */
  readonly held: Ranked | undefined
}

/** What familiarity is told by. */
export type Usual = Pick<Familiarity, 'means' | 'power'>

/** How familiar some inputs are, and of which class each is most. */
export interface Likeness {
  /** Largest cosine, `[n]`. */
  readonly familiarity: Float32Array
  /** Number of the class it is with, `[n]`. */
  readonly nearest: Int32Array
}

/**
 * The familiarity that a model knows of its training examples, each scored without itself and all of its group.
 * @param features Of the network, `[n, columns]`.
 * @param members Numbers of the classes or labels of each example: those whose mean it is part of.
 * @param classes How many there are.
 * @param groups What belongs together, such as the copies of one picture; undefined stands for itself. Default: nothing.
 */
export async function familiarityOf(
  features: Matrix,
  members: readonly (readonly number[])[],
  classes: number,
  groups: readonly (string | number | undefined)[] = [],
): Promise<Familiarity> {
  const { rows, columns } = features
  const power = meanKurtosis(features) > heavyTails.kurtosis ? heavyTails.power : 1
  const powered =
    power === 1 ? features : { rows, columns, data: features.data.map((x) => Math.sign(x) * Math.abs(x) ** power) }
  const directions = directionsOf(powered, new Float64Array(columns))
  const sums = Array.from({ length: classes }, () => new Float64Array(columns))
  const counts = new Int32Array(classes)
  members.forEach((own, row) => {
    for (const label of own) {
      counts[label] = (counts[label] as number) + 1
      add(sums[label] as Float64Array, rowOf(directions, row))
    }
  })
  const means = zeroMatrix(classes, columns)
  sums.forEach((sum, label) => {
    const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0)) || 1
    rowOf(means, label).set(sum.map((value) => value / length))
  })
  const together = new Map<string | number, number[]>()
  groups.forEach((group, row) => {
    if (group === undefined) return
    const rowsOfGroup = together.get(group)
    if (rowsOfGroup) rowsOfGroup.push(row)
    else together.set(group, [row])
  })

  const held: number[] = []
  await eachCosines(directions, { means, power: 1 }, (row, cosines) => {
    const group = groups[row]
    const left = group === undefined ? [row] : (together.get(group) as number[])
    // One score for each group.
    if (left[0] !== row) return
    const without = new Map<number, number[]>()
    for (const one of left)
      for (const label of members[one] ?? []) without.set(label, [...(without.get(label) ?? []), one])
    for (const label of without.keys()) cosines[label] = Number.NEGATIVE_INFINITY
    let best = Number.NEGATIVE_INFINITY
    for (let label = 0; label < classes; label++) {
      if (counts[label] !== 0 && (cosines[label] as number) > best) best = cosines[label] as number
    }
    let isJudged = (members[row] ?? []).length === 0
    for (const [label, gone] of without) {
      if (gone.length === counts[label]) continue
      const rest = Float64Array.from(sums[label] as Float64Array)
      for (const one of gone) add(rest, rowOf(directions, one), -1)
      best = Math.max(best, cosine(rowOf(directions, row), rest))
      if (members[row]?.includes(label)) isJudged = true
    }
    // The only example of its class says nothing of how familiar others of its kind are.
    if (isJudged && Number.isFinite(best)) held.push(best)
  })
  return { means, power, held: rows > 1 && held.length > 0 ? ranked(held) : undefined }
}

/** How familiar inputs are by their features, `[n, featureSize]`. */
export async function likenessOf(features: Matrix, familiar: Usual): Promise<Likeness> {
  const familiarity = new Float32Array(features.rows)
  const nearest = new Int32Array(features.rows)
  await eachCosines(features, familiar, (row, cosines) => {
    let top = 0
    for (let label = 1; label < cosines.length; label++)
      if ((cosines[label] as number) > (cosines[top] as number)) top = label
    familiarity[row] = cosines[top] as number
    nearest[row] = top
  })
  return { familiarity, nearest }
}

/** A head that puts out the familiarity as well, `[batch]`: its second output. */
export function withFamiliarity(head: Graph, usual: Usual): Graph {
  const g = new GraphBuilder('familiarity', { opsets: Object.fromEntries(head.opsets) })
  const cosines = cosineNodes(g, usual, head.inputs[0]?.dims?.at(-1) as number)
  // Its form is the same in all versions of the operators, which that of ReduceMax is not.
  const [largest] = g.ops('TopK', [cosines, g.ints([1])], 2, { axis: -1 })
  const familiarity = g.op('Squeeze', [largest as Value, g.ints([-1])])
  g.output(familiarityNames.output, familiarity, 'float32', ['batch'])
  const both = connect(head, g.build(), {})
  return both.with({ outputs: [...head.outputs, ...both.outputs] })
}

/** What a graph that puts familiarity out tells it by; undefined of one that does not. */
export function usualIn(graph: Graph): Usual | undefined {
  const weight = graph.initializers.get(familiarityNames.means)
  const [columns = 0, rows = 0] = weight?.dims ?? []
  if (!weight || !graph.outputs.some(({ name }) => name === familiarityNames.output)) return undefined
  const means = zeroMatrix(rows, columns)
  const data = weight.data as Float32Array
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      means.data[row * columns + column] = data[column * rows + row] as number
  }
  const power = graph.initializers.get(familiarityNames.power)?.data[0]
  return { means, power: power === undefined ? 1 : Number(power) }
}

/** The cosines of features with all means, `[batch, classes]`. */
function cosineNodes(g: GraphBuilder, { means: { rows, columns, data }, power }: Usual, featureSize: number): Value {
  const weight = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      weight[column * rows + row] = data[row * columns + column] as number
  }
  const all = g.input(headNames.features, 'float32', ['batch', featureSize])
  const features = featureSize === columns ? all : g.op('Slice', [all, g.ints([0]), g.ints([columns]), g.ints([1])])
  const exponent = power === 1 ? undefined : g.weight(familiarityNames.power, float32([], [power]))
  const seen = exponent
    ? g.op('Mul', [g.op('Sign', [features]), g.op('Pow', [g.op('Abs', [features]), exponent])])
    : features
  const means = g.weight(familiarityNames.means, float32([columns, rows], weight))
  return g.op('MatMul', [directionNodes(g, seen), means])
}

async function eachCosines(
  features: Matrix,
  usual: Usual,
  visit: (row: number, cosines: Float32Array) => void,
): Promise<void> {
  const { means } = usual
  if (features.rows <= few) return features.data.length > 0 ? eachCosinesOfFew(features, usual, visit) : undefined
  const g = new GraphBuilder('cosines')
  g.output('cosines', cosineNodes(g, usual, features.columns), 'float32', ['batch', means.rows])
  const session = await Session.create(g.build())
  try {
    for (let first = 0; first < features.rows; first += atOnce) {
      const count = Math.min(atOnce, features.rows - first)
      const part = features.data.subarray(first * features.columns, (first + count) * features.columns)
      const { cosines } = await session.run({ [headNames.features]: float32([count, features.columns], part) })
      const data = cosines?.data as Float32Array
      for (let row = 0; row < count; row++) visit(first + row, data.subarray(row * means.rows, (row + 1) * means.rows))
    }
  } finally {
    await session.close()
  }
}

/** The same for a few rows, without a session, which takes longer to make than they take. */
function eachCosinesOfFew(
  features: Matrix,
  { means, power }: Usual,
  visit: (row: number, cosines: Float32Array) => void,
): void {
  const { columns } = means
  for (let row = 0; row < features.rows; row++) {
    const seen = Float64Array.from(
      rowOf(features, row).subarray(0, columns),
      (x) => Math.sign(x) * Math.abs(x) ** power,
    )
    visit(
      row,
      Float32Array.from({ length: means.rows }, (_, label) => cosine(rowOf(means, label), seen)),
    )
  }
}

function add(sum: Float64Array, values: Float32Array, times = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + times * (values[i] as number)
}

function cosine(a: Float32Array, b: Float64Array): number {
  let [product, squares] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    product += (a[i] as number) * (b[i] as number)
    squares += (b[i] as number) ** 2
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares)
}

/** Mean over the rows of the excess kurtosis of their numbers: 0 for the normal distribution. */
function meanKurtosis(features: Matrix): number {
  const { rows, columns } = features
  let total = 0
  for (let row = 0; row < rows; row++) {
    const own = rowOf(features, row)
    let [sum, squares, fourths] = [0, 0, 0]
    for (const x of own) sum += x
    const mean = sum / columns
    for (const x of own) {
      const square = (x - mean) ** 2
      squares += square
      fourths += square * square
    }
    if (squares > 0) total += (columns * fourths) / squares ** 2 - 3
  }
  return total / rows
}
