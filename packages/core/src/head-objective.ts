import { type Graph, GraphBuilder, Session, type Tensor, tensor } from '@headstart/onnx'
import type { Evaluation } from './lbfgs.js'
import type { Matrix } from './matrix.js'
import type { Task } from './target.js'

/** What a linear head is fitted to. */
export interface HeadProblem {
  readonly task: Task
  /** `[n, features]`. */
  readonly features: Matrix
  /** `[n, outputs]`: one-hot classes, 0/1 labels, or values. */
  readonly targets: Matrix
}

/** Weights of a linear head: logits = features · weight + bias. */
export interface LinearWeights {
  /** `[features, outputs]`, row-major. */
  readonly weight: Float64Array
  /** `[outputs]`. */
  readonly bias: Float64Array
}

/**
 * The loss of a linear head over one set of examples, computed by onnxruntime in float64.
 *
 *     loss(W, b) = sum_i s_i · l(x_i W + b, y_i) / sum_i s_i  +  l2 / 2 · |W|²
 *
 * with s the examples' weights and l the softmax cross-entropy (classification), the sum of binary cross-entropies
 * (multi-label) or half the squared error (regression). The bias is not penalised. In scikit-learn's terms
 * C = 1 / (l2 · sum_i s_i).
 */
export class HeadObjective {
  readonly features: number
  readonly outputs: number
  readonly #session: Session
  readonly #constants: Record<'x' | 'y', Tensor>

  private constructor(problem: HeadProblem, session: Session) {
    const { features, targets } = problem
    this.features = features.columns
    this.outputs = targets.columns
    this.#session = session
    this.#constants = { x: toFloat64(features), y: toFloat64(targets) }
  }

  static async create(problem: HeadProblem): Promise<HeadObjective> {
    return new HeadObjective(problem, await Session.create(objectiveGraph(problem.task)))
  }

  /**
   * The function to minimise over the packed point `[weight, bias]`.
   * @param exampleWeights `[n]`; examples of weight 0 are left out.
   */
  loss(exampleWeights: Float64Array, l2: number): (point: Float64Array) => Promise<Evaluation> {
    const total = exampleWeights.reduce((sum, weight) => sum + weight, 0)
    const s = tensor('float64', [exampleWeights.length, 1], exampleWeights.map((weight) => weight / total))
    const size = this.features * this.outputs
    return async (point) => {
      const results = await this.#session.run({ ...this.#constants, s, ...this.#unpack(point) }, ['loss', 'dw', 'db'])
      const gradient = new Float64Array(point.length)
      gradient.set(results['dw']?.data as Float64Array)
      gradient.set(results['db']?.data as Float64Array, size)
      let value = (results['loss']?.data as Float64Array)[0] as number
      for (let i = 0; i < size; i++) {
        const w = point[i] as number
        value += (l2 / 2) * w * w
        gradient[i] = (gradient[i] as number) + l2 * w
      }
      return { value, gradient }
    }
  }

  /** For each example, its loss without the penalty, `[n]`, and the head's results, `[n, outputs]`. */
  async perExample(point: Float64Array): Promise<{ losses: Float64Array; results: Matrix }> {
    const rows = this.#constants.x.dims[0] as number
    const s = tensor('float64', [rows, 1], new Float64Array(rows))
    const { losses, results } = await this.#session.run({ ...this.#constants, s, ...this.#unpack(point) }, [
      'losses',
      'results',
    ])
    return {
      losses: losses?.data as Float64Array,
      results: { rows, columns: this.outputs, data: Float32Array.from(results?.data as Float64Array) },
    }
  }

  /** A point at which all weights are zero. */
  zero(): Float64Array {
    return new Float64Array((this.features + 1) * this.outputs)
  }

  weights(point: Float64Array): LinearWeights {
    const size = this.features * this.outputs
    return { weight: point.slice(0, size), bias: point.slice(size) }
  }

  async close(): Promise<void> {
    await this.#session.close()
  }

  #unpack(point: Float64Array): Record<'w' | 'b', Tensor> {
    const size = this.features * this.outputs
    return {
      w: tensor('float64', [this.features, this.outputs], point.subarray(0, size)),
      b: tensor('float64', [this.outputs], point.subarray(size)),
    }
  }
}

/** Loss and gradient, written out: dl/dz = (prediction - y) for all three losses, dl/dW = xᵀ (s · dl/dz). */
function objectiveGraph(task: Task): Graph {
  const g = new GraphBuilder('head objective')
  const x = g.input('x', 'float64', ['n', 'features'])
  const y = g.input('y', 'float64', ['n', 'outputs'])
  const s = g.input('s', 'float64', ['n', 1])
  const w = g.input('w', 'float64', ['features', 'outputs'])
  const b = g.input('b', 'float64', ['outputs'])
  const z = g.op('Add', [g.op('MatMul', [x, w]), b])

  const sumOutputs = g.ints([1])
  const losses = {
    /** -sum_k y_k log softmax(z)_k */
    classification: () =>
      g.op('Neg', [g.op('ReduceSum', [g.op('Mul', [y, g.op('LogSoftmax', [z])]), sumOutputs], { keepdims: 1 })]),
    /** sum_k max(z_k, 0) - y_k z_k + log(1 + exp(-|z_k|)), which does not overflow */
    'multi-label': () => {
      const one = g.weight('one', tensor('float64', [], Float64Array.of(1)))
      const tail = g.op('Log', [g.op('Add', [one, g.op('Exp', [g.op('Neg', [g.op('Abs', [z])])])])])
      const hinge = g.op('Sub', [g.op('Relu', [z]), g.op('Mul', [y, z])])
      return g.op('ReduceSum', [g.op('Add', [hinge, tail]), sumOutputs], { keepdims: 1 })
    },
    /** sum_k (z_k - y_k)² / 2 */
    regression: () => {
      const half = g.weight('half', tensor('float64', [], Float64Array.of(0.5)))
      const error = g.op('Sub', [z, y])
      return g.op('ReduceSum', [g.op('Mul', [half, g.op('Mul', [error, error])]), sumOutputs], { keepdims: 1 })
    },
  }[task]()
  const prediction = {
    classification: () => g.op('Softmax', [z]),
    'multi-label': () => g.op('Sigmoid', [z]),
    regression: () => z,
  }[task]()

  const dz = g.op('Mul', [s, g.op('Sub', [prediction, y])])
  g.output('results', prediction, 'float64', ['n', 'outputs'])
  g.output('losses', g.op('Squeeze', [losses, g.ints([1])]), 'float64', ['n'])
  g.output('loss', g.op('ReduceSum', [g.op('Mul', [s, losses])], { keepdims: 0 }), 'float64', [])
  g.output('dw', g.op('Gemm', [x, dz], { transA: 1 }), 'float64', ['features', 'outputs'])
  g.output('db', g.op('ReduceSum', [dz, g.ints([0])], { keepdims: 0 }), 'float64', ['outputs'])
  return g.build()
}

function toFloat64({ rows, columns, data }: Matrix): Tensor {
  return tensor('float64', [rows, columns], Float64Array.from(data))
}
