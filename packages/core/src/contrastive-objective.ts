import { connect, float32, type Graph, GraphBuilder } from '@headstart/onnx'
import { classBatches } from './batches.js'
import { fitHead } from './fit-head.js'
import type { LinearWeights } from './head-objective.js'
import { linearResults } from './linear-results.js'
import { type Matrix, takeRows } from './matrix.js'
import { topClasses } from './metrics.js'
import { forward, type ObjectiveParts, paddedBatch, type TuningObjective } from './tuning-objective.js'

const names = { loss: 'headstart.pairs.loss', alike: 'headstart.pairs.alike', mass: 'headstart.pairs.mass' }

/**
 * The tuned part alone: the cosine of the features of two examples should be 1 where they are of one class, else 0, as
 * in SetFit (Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022, section 3). All pairs of a batch count,
 * those of one class together as much as those of two. A head is then solved on the features.
 *
 * Its penalty is as strong, relative to the features' total variance, as the one that suits the frozen features: the tuned
 * ones fit the examples that they were tuned on, whose cross-validation would ask for too weak a one.
 */
export function contrastiveObjective({ tuned, data, rows }: ObjectiveParts): TuningObjective {
  const { task, targets, weights, costs, lengths } = data
  const relativeL2 = data.l2 / totalVariance(data.features)
  const classes = [...topClasses(targets)]
  const features = tuned.outputs[0]?.name ?? ''
  const exampleWeights = Float64Array.from(rows, (row) => weights[row] as number)
  const head = async (own: Matrix): Promise<LinearWeights> => {
    const regularisation = { l2: relativeL2 * totalVariance(own) }
    return fitHead({ task, features: own, targets: takeRows(targets, rows) }, { regularisation, exampleWeights })
  }
  return {
    graph: pairLoss(tuned, features),
    loss: names.loss,
    headWeights: [],
    batches: (size, random) => classBatches(rows, classes, costs, lengths, size, random),
    feeds: async (batch, size) => ({
      ...(await paddedBatch(data, batch, size)),
      ...pairs(batch.rows.map((row) => ({ label: classes[row] as number, weight: weights[row] as number })), size),
    }),
    head: async (trainer) => head(await forward(data, trainer, rows, features)),
    async results(trainer, held) {
      const all = await forward(data, trainer, [...rows, ...held], features)
      const part = (first: number, count: number): Matrix => takeRows(all, Array.from({ length: count }, (_, i) => first + i))
      return linearResults(task, part(rows.length, held.length), await head(part(0, rows.length)))
    },
  }
}

/** Σ m_ij (cos(x_i, x_j) - a_ij)², over all pairs of a batch: a is 1 for a pair of one class, m the mass of each pair. */
function pairLoss(tuned: Graph, features: string): Graph {
  const g = new GraphBuilder('pairs', { opsets: { '': tuned.opsets.get('') ?? 17 } })
  const x = g.input('features', 'float32', ['batch', 'features'])
  const alike = g.input(names.alike, 'float32', ['batch', 'batch'])
  const mass = g.input(names.mass, 'float32', ['batch', 'batch'])
  const squares = g.op('ReduceSum', [g.op('Mul', [x, x]), g.ints([1])], { keepdims: 1 })
  const unit = g.op('Div', [x, g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-12)])])])
  const error = g.op('Sub', [g.op('MatMul', [unit, g.op('Transpose', [unit], { perm: [1, 0] })]), alike])
  const loss = g.op('ReduceSum', [g.op('Mul', [mass, g.op('Mul', [error, error])])], { keepdims: 0 })
  g.output(names.loss, loss, 'float32', [])
  return connect(tuned, g.build(), { features })
}

/** Which pairs of a batch are of one class, and their masses: both kinds sum up to a half; rows that fill up have none. */
function pairs(examples: readonly { readonly label: number; readonly weight: number }[], size: number) {
  const alike = new Float32Array(size * size)
  const mass = new Float32Array(size * size)
  const sums = [0, 0]
  const each = (visit: (place: number, same: 0 | 1, weight: number) => void): void => {
    for (const [i, a] of examples.entries()) {
      for (const [j, b] of examples.entries()) {
        if (i !== j) visit(i * size + j, a.label === b.label ? 1 : 0, a.weight * b.weight)
      }
    }
  }
  each((place, same, weight) => {
    alike[place] = same
    sums[same] = (sums[same] as number) + weight
  })
  each((place, same, weight) => (mass[place] = weight / (2 * (sums[same] as number))))
  return { [names.alike]: float32([size, size], alike), [names.mass]: float32([size, size], mass) }
}

/** Sum of the variances of all columns. */
function totalVariance({ rows, columns, data }: Matrix): number {
  let total = 0
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0]
    for (let i = column; i < data.length; i += columns) {
      sum += data[i] as number
      squares += (data[i] as number) ** 2
    }
    total += squares / rows - (sum / rows) ** 2
  }
  // Features that are all the same leave nothing to penalise.
  return Math.max(total, 1e-12)
}
