import { type Span, spanOf } from './span.js'
import { type Graph, GraphBuilder, Session, type Tensor, tensor, type Value } from '@headstart/onnx'
import type { Evaluation } from './lbfgs.js'
import type { Matrix, SparseMatrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'
import { SparseFeatures } from './sparse-features.js'

/** What a linear head is fitted to. */
export interface HeadProblem {
  readonly kind: Kind
  /** `[n, features]`. */
  readonly features: Matrix
  /** Further features of the same examples, which stand behind: mostly zero. */
  readonly beside?: SparseMatrix | undefined
  /** `[n, outputs]`: one-hot classes, 0/1 labels, or values. */
  readonly targets: Matrix
  /** Products of all features of any two examples, `[n, n]`, from whatever center, where they are known. */
  readonly products?: Float64Array | undefined
}

/** Weights of a linear head: logits = features · weight + bias. */
export interface LinearWeights {
  /** `[features, outputs]`, row-major. */
  readonly weight: Float64Array
  /** `[outputs]`. */
  readonly bias: Float64Array
}

/** One head among those that are evaluated together. */
export interface Candidate {
  /** Packed `[weight, bias]`, on the standardized features. */
  readonly point: Float64Array
  /** `[n]`; examples of weight 0 are left out. */
  readonly exampleWeights: Float64Array
  /** Strength of the L2 penalty on the weights for standardized features. */
  readonly l2: number
}

/** What heads give for each example. */
export interface HeadResults {
  /** `[n, heads]` */
  readonly losses: Float64Array
  /** Probabilities or values, `[n, heads, outputs]`. */
  readonly results: Float64Array
}

/**
 * Total variance that features are scaled to. The bias then bends the loss about as much as the strongest direction of
 * the features, of which pre-trained ones have some ten: L-BFGS needs half the steps that it takes on raw features.
 */
export const standardVariance = 10

/** Products of an example's feature and an output below which one thread computes them all. */
const smallProblem = 2 ** 21

/**
 * The loss of linear heads over one set of examples, computed by onnxruntime in float64.
 *
 *     loss(W, b) = sum_i s_i · l(x_i W + b, y_i) / sum_i s_i  +  l2 / 2 · |W|²
 *
 * with s the examples' weights and l the softmax cross-entropy (classification), the sum of binary cross-entropies
 * (multi-label) or half the squared error (regression). The bias is not penalized, so the features may be centered
 * without changing the optimum. In scikit-learn's terms C = 1 / (l2 · sum_i s_i).
 *
 * Several heads (the folds of a cross-validation) are evaluated in one pass over the features, whose cost is mostly
 * that of reading them.
 */
export class HeadObjective {
  readonly outputs: number
  /** Number of weights of an output: features, or directions of the examples' span where these are fewer by far. */
  readonly #features: number
  readonly #raw: Matrix
  readonly #beside: SparseMatrix | undefined
  readonly #standard: Standardization
  readonly #session: Session
  readonly #constants: Record<'x' | 'xt' | 'y', Tensor>

  private constructor({ features, beside, targets }: HeadProblem, standard: Standardization, session: Session) {
    this.#raw = features
    this.#beside = beside
    this.#features = (standard.x.dims[1] as number) + (standard.beside?.columns ?? 0)
    this.outputs = targets.columns
    this.#session = session
    this.#standard = standard
    this.#constants = {
      x: standard.x,
      xt: standard.xt,
      y: tensor('float64', [targets.rows, 1, targets.columns], new Float64Array(targets.data)),
    }
  }

  static async create(problem: HeadProblem): Promise<HeadObjective> {
    const { features, beside, products } = problem
    const standard = products
      ? standardSpan(products, features.rows)
      : beside
        ? standardizeBoth(features, beside)
        : await standardize(features)
    const { dims } = standard.x
    // Threads that meet for next to nothing wait for each other; and others may need the cores.
    const threads = (dims[0] as number) * (dims[1] as number) * problem.targets.columns < smallProblem ? 1 : undefined
    const graph = objectiveGraph(problem.kind, problem.targets.columns, standard.beside !== undefined)
    const session = await Session.create(graph, {
      spin: false,
      ...(threads && { threads }),
    })
    return new HeadObjective(problem, standard, session)
  }

  /** L2 strength on standardized features that equals `l2` on the features as they are: |W|² = scale² · |W'|². */
  standardL2(l2: number): number {
    return l2 * this.#standard.scale ** 2
  }

  /** The reverse of `standardL2`. */
  rawL2(l2: number): number {
    return l2 / this.#standard.scale ** 2
  }

  /** Value and gradient of the penalized loss at each candidate's point. */
  async evaluate(candidates: readonly Candidate[]): Promise<Evaluation[]> {
    const [features, outputs] = [this.#features, this.outputs]
    const { beside } = this.#standard
    const results = await this.#run(candidates, ['loss', 'dw', 'db', ...(beside ? ['dz'] : [])])
    const [losses, db, slopes] = ['loss', 'db', 'dw'].map((name) => results[name]?.data) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const columns = candidates.length * outputs
    const dw = beside ? joined(slopes, beside.transposedTimes(results['dz']?.data as Float64Array, columns)) : slopes
    return candidates.map(({ point, l2 }, head) => {
      const gradient = new Float64Array(point.length)
      let squares = 0
      for (let feature = 0, i = 0; feature < features; feature++) {
        for (let output = 0; output < outputs; output++, i++) {
          const w = point[i] as number
          squares += w * w
          gradient[i] = (dw[feature * columns + head * outputs + output] as number) + l2 * w
        }
      }
      gradient.set(db.subarray(head * outputs, (head + 1) * outputs), point.length - outputs)
      return { value: (losses[head] as number) + (l2 / 2) * squares, gradient }
    })
  }

  /** What each candidate gives for each example, without the penalty. */
  async perExample(candidates: readonly Candidate[]): Promise<HeadResults> {
    const { losses, results } = await this.#run(candidates, ['losses', 'results'])
    return { losses: losses?.data as Float64Array, results: results?.data as Float64Array }
  }

  /** A point at which all weights are zero. */
  zero(): Float64Array {
    return new Float64Array((this.#features + 1) * this.outputs)
  }

  /** Weights for the features as they are: x' = (x - mean) · scale gives W = scale · W' and b = b' - mean · W. */
  weights(point: Float64Array): LinearWeights {
    const { scale, span } = this.#standard
    const beside = this.#beside
    const own = this.#standard.mean ?? meanOf(this.#raw)
    const further = beside ? sparseMeanOf(beside) : new Float64Array()
    const mean = beside ? joined(own, further) : own
    const learned = point.slice(0, -this.outputs)
    const shares = span?.shares(learned, this.outputs)
    const factor = scale ** 2
    const weight = !shares
      ? learned.map((value) => value * scale)
      : beside
        ? joined(
            combined(this.#raw, own, shares, factor),
            new SparseFeatures(beside, further, factor).transposedTimes(shares, this.outputs),
          )
        : combined(this.#raw, own, shares, factor)
    const bias = point.slice(-this.outputs)
    weight.forEach((value, i) => {
      const output = i % this.outputs
      bias[output] = (bias[output] as number) - (mean[Math.floor(i / this.outputs)] as number) * value
    })
    return { weight, bias }
  }

  async close(): Promise<void> {
    await this.#session.close()
  }

  #run(candidates: readonly Candidate[], outputs: string[]): Promise<Record<string, Tensor>> {
    const rows = this.#constants.x.dims[0] as number
    const heads = candidates.length
    const { outputs: perHead } = this
    const columns = heads * perHead
    // Row by row the columns of all heads side by side; the last row holds the biases.
    const packed = new Float64Array((this.#features + 1) * columns)
    const s = new Float64Array(rows * heads)
    candidates.forEach(({ point, exampleWeights }, head) => {
      for (let i = 0, at = head * perHead; i < point.length; at += columns) {
        for (let output = 0; output < perHead; output++, i++) packed[at + output] = point[i] as number
      }
      let total = 0
      for (const weight of exampleWeights) total += weight
      for (let row = 0, at = head; row < rows; row++, at += heads) s[at] = (exampleWeights[row] as number) / total
    })
    const { beside } = this.#standard
    const dense = this.#features - (beside?.columns ?? 0)
    const feeds = {
      ...this.#constants,
      w: tensor('float64', [dense, columns], packed.subarray(0, dense * columns)),
      ...(beside && {
        e: tensor('float64', [rows, columns], beside.times(packed.subarray(dense * columns, -columns), columns)),
      }),
      b: tensor('float64', [columns], packed.subarray(-columns)),
      s: tensor('float64', [rows, heads, 1], s),
    }
    return this.#session.run(feeds, outputs)
  }
}

interface Standardization {
  /** The features as `(x - mean) · scale`, `[n, features]`, in coordinates of their span where there is one. */
  readonly x: Tensor
  /** The same, transposed: multiplying by it takes a third of the time of transposing at each step. */
  readonly xt: Tensor
  /** Undefined where it was not needed so far. */
  readonly mean?: Float64Array
  readonly scale: number
  readonly span?: Span
  /** The further features, where they are not in the span. */
  readonly beside?: SparseFeatures
}

async function standardize({ rows, columns, data }: Matrix): Promise<Standardization> {
  // Else finding the span takes longer than it saves.
  const fewExamples = 2 * rows <= columns
  const session = await Session.create(standardizationGraph(fewExamples), { spin: false })
  try {
    const results = await session.run({ features: tensor('float32', [rows, columns], data) })
    const { x, xt, products } = results as Record<string, Tensor>
    const mean = results['mean']?.data as Float64Array
    if (products) return { ...standardSpan(products.data as Float64Array, rows), mean }
    return { x: x as Tensor, xt: xt as Tensor, mean, scale: results['scale']?.data[0] as number }
  } finally {
    await session.close()
  }
}

/** The same of features of which some are mostly zero; these are never written down without their zeros. */
function standardizeBoth(features: Matrix, beside: SparseMatrix): Standardization {
  const { rows, columns, data } = features
  const [mean, further] = [meanOf(features), sparseMeanOf(beside)]
  const x = new Float64Array(data.length)
  let squares = 0
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) {
      const value = (data[at] as number) - (mean[column] as number)
      x[at] = value
      squares += value * value
    }
  for (const value of beside.values) squares += value * value
  for (const value of further) squares -= rows * value * value
  const scale = scaleOf(squares, rows)
  const xt = new Float64Array(x.length)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) xt[column * rows + row] = x[at] = (x[at] as number) * scale
  return {
    scale,
    mean,
    x: tensor('float64', [rows, columns], x),
    xt: tensor('float64', [columns, rows], xt),
    beside: new SparseFeatures(beside, further, scale),
  }
}

/** Features that are all the same leave nothing to scale by. */
function scaleOf(squares: number, rows: number): number {
  return squares > 0 ? Math.sqrt((standardVariance * rows) / squares) : 1
}

/** The same from products alone, in coordinates of the span. */
function standardSpan(products: Float64Array, rows: number): Standardization {
  const own = centered(products, rows)
  let squares = 0
  for (let row = 0; row < rows; row++) squares += own[row * (rows + 1)] as number
  const scale = scaleOf(squares, rows)
  for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) * scale ** 2
  const span = spanOf(own, rows)
  const { rank, coordinates } = span
  const transposed = new Float64Array(coordinates.length)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < rank; column++, at++) transposed[column * rows + row] = coordinates[at] as number
  return {
    scale,
    span,
    x: tensor('float64', [rows, rank], coordinates),
    xt: tensor('float64', [rank, rows], transposed),
  }
}

/** Products of vectors as seen from their mean, from products as seen from elsewhere: H K H, with H = I - 1/n. */
function centered(products: Float64Array, rows: number): Float64Array {
  const means = new Float64Array(rows)
  for (let row = 0; row < rows; row++)
    for (let other = 0; other < rows; other++)
      means[row] = (means[row] as number) + (products[row * rows + other] as number) / rows
  const mean = means.reduce((sum, value) => sum + value, 0) / rows
  const own = new Float64Array(rows * rows)
  for (let row = 0; row < rows; row++)
    for (let other = 0; other < rows; other++)
      own[row * rows + other] =
        (products[row * rows + other] as number) - (means[row] as number) - (means[other] as number) + mean
  return own
}

/** Mean of each column, `[columns]`. */
function meanOf({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns)
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      mean[column] = (mean[column] as number) + (data[at] as number) / rows
  return mean
}

/** Mean of each column, `[columns]`. */
function sparseMeanOf({ rows, columns, places, values }: SparseMatrix): Float64Array {
  const mean = new Float64Array(columns)
  places.forEach((place, at) => (mean[place] = (mean[place] as number) + (values[at] as number) / rows))
  return mean
}

function joined(one: Float64Array, other: Float64Array): Float64Array {
  const both = new Float64Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** factor · (x - mean)ᵀ shares, `[columns, outputs]`. */
function combined(x: Matrix, mean: Float64Array, shares: Float64Array, factor: number): Float64Array {
  const outputs = shares.length / x.rows
  const weight = new Float64Array(x.columns * outputs)
  const totals = new Float64Array(outputs)
  for (let row = 0; row < x.rows; row++) {
    const own = shares.subarray(row * outputs, (row + 1) * outputs)
    if (own.every((share) => share === 0)) continue
    for (let output = 0; output < outputs; output++)
      totals[output] = (totals[output] as number) + (own[output] as number)
    for (let column = 0; column < x.columns; column++) {
      const value = x.data[row * x.columns + column] as number
      if (value === 0) continue
      for (let output = 0; output < outputs; output++) {
        const at = column * outputs + output
        weight[at] = (weight[at] as number) + value * (own[output] as number)
      }
    }
  }
  for (let column = 0; column < x.columns; column++)
    for (let output = 0; output < outputs; output++) {
      const at = column * outputs + output
      weight[at] = factor * ((weight[at] as number) - (mean[column] as number) * (totals[output] as number))
    }
  return weight
}

/**
 * Features as they are, `[n, features]`, made to have mean 0 and a total variance of `standardVariance`.
 * @param productsAlone Gives all products of two examples, from their mean, in their place, `[n, n]`.
 */
function standardizationGraph(productsAlone: boolean): Graph {
  const g = new GraphBuilder('standardization')
  const double = (value: number): Value => g.weight(`double_${value}`, tensor('float64', [], Float64Array.of(value)))
  const features = g.input('features', 'float32', ['n', 'features'])
  const raw = g.op('Cast', [features], { to: 11 })
  const mean = g.op('ReduceMean', [raw], { axes: [0], keepdims: 1 })
  const centered = g.op('Sub', [raw, mean])
  g.output('mean', mean, 'float64', [1, 'features'])
  if (productsAlone) {
    const transposed = g.op('Transpose', [centered], { perm: [1, 0] })
    g.output('products', g.op('MatMul', [centered, transposed]), 'float64', ['n', 'n'])
    return g.build()
  }
  const squares = g.op('ReduceSum', [g.op('Mul', [centered, centered]), g.ints([0, 1])], { keepdims: 0 })
  const rows = g.op('Cast', [g.op('Squeeze', [g.op('Shape', [features], { end: 1 })])], { to: 11 })
  const fitting = g.op('Sqrt', [g.op('Div', [g.op('Mul', [double(standardVariance), rows]), squares])])
  // Features that are all the same leave nothing to scale by.
  const scale = g.op('Where', [g.op('Greater', [squares, double(0)]), fitting, double(1)])
  const x = g.op('Mul', [centered, scale])
  g.output('scale', scale, 'float64', [])
  g.output('x', x, 'float64', ['n', 'features'])
  const xt = g.op('Transpose', [x], { perm: [1, 0] })
  g.output('xt', xt, 'float64', ['features', 'n'])
  return g.build()
}

/**
 * Loss and gradient of `h` heads, written out: dl/dz = (prediction - y) for all three losses, dl/dW = xᵀ (s · dl/dz).
 * @param hasBeside Whether something is added to the logits, `e`; the gradient by them, `dz`, is put out then.
 */
function objectiveGraph(kind: Kind, outputs: number, hasBeside: boolean): Graph {
  const g = new GraphBuilder('head objective')
  const x = g.input('x', 'float64', ['n', 'features'])
  const xt = g.input('xt', 'float64', ['features', 'n'])
  const y = g.input('y', 'float64', ['n', 1, outputs])
  const s = g.input('s', 'float64', ['n', 'h', 1])
  const w = g.input('w', 'float64', ['features', 'h · outputs'])
  const b = g.input('b', 'float64', ['h · outputs'])
  const own = g.op('Add', [g.op('MatMul', [x, w]), b])
  const all = hasBeside ? g.op('Add', [own, g.input('e', 'float64', ['n', 'h · outputs'])]) : own
  /** `[n, h, outputs]` */
  const z = g.op('Reshape', [all, g.ints([0, -1, outputs])])

  const sumOutputs = g.ints([2])
  const losses = {
    /** -sum_k y_k log softmax(z)_k */
    classification: () =>
      g.op('Neg', [g.op('ReduceSum', [g.op('Mul', [y, g.op('LogSoftmax', [z])]), sumOutputs], { keepdims: 1 })]),
    /** sum_k max(z_k, 0) - y_k z_k - log sigmoid(|z_k|), which does not overflow */
    'multi-label': () => {
      const hinge = g.op('Sub', [g.op('Relu', [z]), g.op('Mul', [y, z])])
      const tail = g.op('Log', [g.op('Sigmoid', [g.op('Abs', [z])])])
      return g.op('ReduceSum', [g.op('Sub', [hinge, tail]), sumOutputs], { keepdims: 1 })
    },
    /** sum_k (z_k - y_k)² / 2 */
    regression: () => {
      const half = g.weight('half', tensor('float64', [], Float64Array.of(0.5)))
      const error = g.op('Sub', [z, y])
      return g.op('ReduceSum', [g.op('Mul', [half, g.op('Mul', [error, error])]), sumOutputs], { keepdims: 1 })
    },
  }[kind]()
  const prediction = {
    classification: () => g.op('Softmax', [z]),
    'multi-label': () => g.op('Sigmoid', [z]),
    regression: () => z,
  }[kind]()

  const dz = g.op('Reshape', [g.op('Mul', [s, g.op('Sub', [prediction, y])]), g.ints([0, -1])])
  const sumExamples = g.ints([0])
  g.output('results', prediction, 'float64', ['n', 'h', outputs])
  g.output('losses', g.op('Squeeze', [losses, sumOutputs]), 'float64', ['n', 'h'])
  const weighted = g.op('Mul', [s, losses])
  g.output('loss', g.op('ReduceSum', [weighted, g.ints([0, 2])], { keepdims: 0 }), 'float64', ['h'])
  if (hasBeside) g.output('dz', dz, 'float64', ['n', 'h · outputs'])
  g.output('dw', g.op('MatMul', [xt, dz]), 'float64', ['features', 'h · outputs'])
  g.output('db', g.op('ReduceSum', [dz, sumExamples], { keepdims: 0 }), 'float64', ['h · outputs'])
  return g.build()
}
