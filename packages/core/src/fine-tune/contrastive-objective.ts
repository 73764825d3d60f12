import { float32, type Graph, GraphBuilder } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'
import { classBatches } from './batches.js'
import { fitHead } from '../head/fit-head.js'
import type { LinearWeights } from '../head/head-objective.js'
import { linearResults } from '../head/linear-results.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import { topClasses } from '../evaluate/metrics.js'
import { forward, type ObjectiveParts, paddedBatch, type TuningObjective } from './tuning-objective.js'

const names = { loss: 'headstart.contrast.loss', barred: 'headstart.contrast.barred', mass: 'headstart.contrast.mass' }

/** Cosines are divided by it: the smaller, the more only the nearest examples of other classes are pushed away. */
const temperature = 0.1

/**
 * The tuned part alone, by the supervised contrastive loss (Khosla et al., "Supervised Contrastive Learning", 2020,
 * equation 2): among all others of its batch an example should be most like those of its class. A head is then solved on
 * the features, as in SetFit (Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022), whose loss, cosines of
 * 1 for pairs of one class and 0 for others, gained a point less on short reviews of books and films (5 draws; no certain
 * difference).
 *
 * Its penalty is as strong, relative to the features' total variance, as the one that suits the frozen features: the tuned
 * ones fit the examples that they were tuned on, whose cross-validation would ask for too weak a one.
 */
export function contrastiveObjective({ tuned, data, rows }: ObjectiveParts): TuningObjective {
  const { kind, targets, weights, costs, lengths } = data
  const relativeL2 = data.l2 / totalVariance(data.features)
  const classes = [...topClasses(targets)]
  const features = tuned.outputs[0]?.name ?? ''
  const exampleWeights = Float64Array.from(rows, (row) => weights[row] as number)
  const head = async (own: Matrix): Promise<LinearWeights> => {
    const regularization = { l2: relativeL2 * totalVariance(own) }
    return fitHead({ kind, features: own, targets: takeRows(targets, rows) }, { regularization, exampleWeights })
  }
  return {
    graph: withLoss(tuned, features),
    loss: names.loss,
    headWeights: [],
    batches: (size, random) => classBatches(rows, classes, costs, lengths, size, random),
    feeds: async (batch, size) => ({
      ...(await paddedBatch(data, batch, size)),
      ...contrasts(
        batch.rows.map((row) => ({ label: classes[row] as number, weight: weights[row] as number })),
        size,
      ),
    }),
    head: async (trainer) => head(await forward(data, trainer, rows, features)),
    async results(trainer, held) {
      const all = await forward(data, trainer, [...rows, ...held], features)
      const part = (first: number, count: number): Matrix =>
        takeRows(
          all,
          Array.from({ length: count }, (_, i) => first + i),
        )
      return linearResults(kind, part(rows.length, held.length), await head(part(0, rows.length)))
    },
  }
}

/**
 *     loss = -Σ_ij m_ij log softmax(cos(x_i, x) / temperature)_j
 *
 * over all pairs of a batch: m is the mass of each pair of one class. The softmax leaves out the example itself, and rows
 * that fill up.
 */
function withLoss(tuned: Graph, features: string): Graph {
  const g = new GraphBuilder('contrast', { opsets: { '': tuned.opsets.get('') ?? 17 } })
  const x = g.input('features', 'float32', ['batch', 'features'])
  const barred = g.input(names.barred, 'float32', ['batch', 'batch'])
  const mass = g.input(names.mass, 'float32', ['batch', 'batch'])
  const squares = g.op('ReduceSum', [g.op('Mul', [x, x]), g.ints([1])], { keepdims: 1 })
  const unit = g.op('Div', [x, g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-12)])])])
  const cosines = g.op('MatMul', [unit, g.op('Transpose', [unit], { perm: [1, 0] })])
  const logits = g.op('Add', [g.op('Mul', [cosines, g.scalar(1 / temperature)]), barred])
  const likelihoods = g.op('Mul', [mass, g.op('LogSoftmax', [logits], { axis: -1 })])
  g.output(names.loss, g.op('Neg', [g.op('ReduceSum', [likelihoods], { keepdims: 0 })]), 'float32', [])
  return connect(tuned, g.build(), { features })
}

/** What is added to the cosine of a pair that is barred. */
const never = -1e9

/**
 * Which pairs of a batch are barred, and the masses of the others: those of an example with its class sum up to its weight,
 * as a share of all.
 */
function contrasts(examples: readonly { readonly label: number; readonly weight: number }[], size: number) {
  const barred = new Float32Array(size * size).fill(never)
  const mass = new Float32Array(size * size)
  const total = examples.reduce((sum, { weight }) => sum + weight, 0)
  for (const [i, { label, weight }] of examples.entries()) {
    const alike = [...examples.keys()].filter((j) => j !== i && examples[j]?.label === label)
    for (const j of examples.keys()) if (j !== i) barred[i * size + j] = 0
    for (const j of alike) mass[i * size + j] = weight / total / alike.length
  }
  return { [names.barred]: float32([size, size], barred), [names.mass]: float32([size, size], mass) }
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
  // Features that are all the same leave nothing to penalize.
  return Math.max(total, 1e-12)
}
