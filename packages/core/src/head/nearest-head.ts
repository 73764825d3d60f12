import { float32, type Graph, GraphBuilder, Session, type Value } from '@headstart/onnx'
import { directionNodes, directionsOf } from './directions.js'
import { type Head, headNames } from './head.js'
import type { HeadExamples } from './head-method.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'

/** What neighbors are looked for among. */
export type Known = Omit<HeadExamples, 'folds'>

/** Examples that look for their neighbors together. */
const blockSize = 512

/**
 * Neighbors of weight 1 that know no more than the shares of the labels, so that no answer is quite certain; and next to none
 * of them for numbers, of which the mean is the answer where no neighbor is alike.
 */
const ignorance: Record<Kind, number> = { classification: 1, 'multi-label': 1, regression: 1e-6 }

/** Answers with what the `count` most alike of the known examples say; see `nearestMethod`. */
export function nearestHead(known: Known, count: number): Head {
  const { kind, labels } = known
  const { each, none } = ballotsOf(known)
  const outputs = none.length - 1
  const g = new GraphBuilder('head')
  const { cosines, rows } = neighborNodes(g, known.features, count)
  const ballots = g.op('Gather', [g.weight('ballots', float32([each.rows, outputs + 1], each.data)), rows])
  const likeness = g.op('Unsqueeze', [g.op('Relu', [cosines]), g.ints([2])])
  const said = g.op('ReduceSum', [g.op('Mul', [ballots, likeness]), g.ints([1])], { keepdims: 0 })
  const sum = g.op('Add', [said, g.weight('ignorance', float32([outputs + 1], none))])
  const total = g.op('Gather', [sum, g.ints([outputs])], { axis: 1 })
  const answer = g.op('Div', [g.op('Slice', [sum, g.ints([0]), g.ints([outputs]), g.ints([1])]), total])
  g.output(headNames.result[kind], answer, 'float32', ['batch', outputs])
  return { kind, labels, graph: g.build() }
}

/** What each example says, and what is said without any. */
export interface Ballots {
  /** weight · [target, 1], `[n, outputs + 1]`: summed up and divided by their last column they are an answer. */
  readonly each: Matrix
  /** `[outputs + 1]` */
  readonly none: Float32Array
}

export function ballotsOf({ kind, targets: { rows, columns, data }, weights }: Known): Ballots {
  const each = zeroMatrix(rows, columns + 1)
  const total = new Float64Array(columns + 1)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const said = (weights[row] as number) * (column < columns ? (data[row * columns + column] as number) : 1)
      each.data[row * (columns + 1) + column] = said
      total[column] = (total[column] as number) + said
    }
  }
  const share = ignorance[kind] / (total[columns] as number)
  return { each, none: Float32Array.from(total, (sum) => share * sum) }
}

/** The most alike of the known examples, the nearest first. */
export interface Neighbors {
  readonly count: number
  /** `[n, count]` each. */
  readonly cosines: Float32Array
  readonly rows: BigInt64Array
}

/** The neighbors of some examples, `[n, featureSize]`, among those that are known, `[m, featureSize]`. */
export async function neighborsOf(
  features: Matrix,
  known: Matrix,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Neighbors> {
  const session = await Session.create(neighborGraph(known, count))
  const cosines = new Float32Array(features.rows * count)
  const rows = new BigInt64Array(features.rows * count)
  try {
    for (let first = 0; first < features.rows; first += blockSize) {
      signal?.throwIfAborted()
      const block = features.data.subarray(first * features.columns, (first + blockSize) * features.columns)
      const found = await session.run({
        [headNames.features]: float32([block.length / features.columns, features.columns], block),
      })
      cosines.set(found['cosines']?.data as Float32Array, first * count)
      rows.set(found['rows']?.data as BigInt64Array, first * count)
    }
  } finally {
    await session.close()
  }
  return { count, cosines, rows }
}

/** What the `k` nearest say, `[n, outputs]`: the arithmetic of `nearestHead`, for several k at once. */
export function votes({ count, cosines, rows }: Neighbors, { each, none }: Ballots, k: number): Matrix {
  const outputs = none.length - 1
  const answers = zeroMatrix(rows.length / count, outputs)
  for (let place = 0; place < answers.rows; place++) {
    const sum = Float64Array.from(none)
    for (let i = place * count; i < place * count + k; i++) {
      const likeness = Math.max(cosines[i] as number, 0)
      const said = rowOf(each, Number(rows[i]))
      for (let column = 0; column <= outputs; column++) {
        sum[column] = (sum[column] as number) + likeness * (said[column] as number)
      }
    }
    rowOf(answers, place).set(sum.subarray(0, outputs).map((value) => value / (sum[outputs] as number)))
  }
  return answers
}

/** `features` → `cosines` and `rows` of the nearest, `[batch, count]` each. */
function neighborGraph(known: Matrix, count: number): Graph {
  const g = new GraphBuilder('neighbors')
  const { cosines, rows } = neighborNodes(g, known, count)
  g.output('cosines', cosines, 'float32', ['batch', count])
  g.output('rows', rows, 'int64', ['batch', count])
  return g.build()
}

function neighborNodes(g: GraphBuilder, known: Matrix, count: number): { cosines: Value; rows: Value } {
  const center = meanOf(known)
  const features = g.input(headNames.features, 'float32', ['batch', known.columns])
  const examples = g.weight('examples', float32([known.rows, known.columns], directionsOf(known, center).data))
  const likeness = g.op('Gemm', [directionNodes(g, features, center), examples], { transB: 1 })
  const [cosines, rows] = g.ops('TopK', [likeness, g.ints([count])], 2, { axis: -1 })
  return { cosines: cosines as Value, rows: rows as Value }
}

/** Mean of each column, `[columns]`. */
function meanOf({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns)
  for (let i = 0; i < data.length; i++) {
    mean[i % columns] = (mean[i % columns] as number) + (data[i] as number) / rows
  }
  return mean
}
