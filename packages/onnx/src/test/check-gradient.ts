import { expect } from 'vitest'
import { differentiate } from '../gradient/differentiate.js'
import type { Graph } from '../graph/graph.js'
import { Session } from '../runtime/session.js'
import type { Tensor, Tensors } from '../graph/tensor.js'
import { differences, dot, inDouble, largestOf, withProjection } from './finite-differences.js'
import './allclose.js'

/** Options of `checkGradient`. */
export interface CheckGradientOptions {
  /** Names of the inputs and weights to check. Default: all of floating point. */
  readonly by?: readonly string[]
  /** Names of the outputs to differentiate. Default: all of floating point. */
  readonly outputs?: readonly string[]
  /**
   * Distance of the finite differences, in single precision. It must not reach over a kink of the function. Default: 0.03.
   */
  readonly step?: number
  /** 'float32' for an operator that computes in single precision whatever it is given. Default: 'float64' if it can. */
  readonly precision?: 'float32' | 'float64'
  /** Largest number of directions in which to check each input; above it they are random. Default: 64. */
  readonly directions?: number
}

/** What must agree: relative to the number itself, and to the largest number of the gradient (at least a twentieth of all). */
const tolerance = { float32: { rtol: 1e-3, atol: 3e-4 }, float64: { rtol: 1e-6, atol: 1e-7 } }
/** In double precision the differences are exact to about 1e-11. */
const preciseStep = 1e-4

/**
 * Compares the gradient that `differentiate` writes with `differences` of a random projection of the outputs onto one number. The differences are taken in double precision where
 * onnxruntime has all operators of the graph in it, and the gradient is then checked in both precisions.
 */
export async function checkGradient(graph: Graph, feeds: Tensors, options: CheckGradientOptions = {}): Promise<void> {
  const inputs: Tensors = { ...feeds, ...Object.fromEntries(graph.initializers) }
  const floats = Object.keys(inputs).filter((name) => inputs[name]?.type === 'float32')
  const by = options.by ?? floats
  const outputs = options.outputs ?? graph.outputs.map(({ name }) => name)
  const precise = options.precision === 'float32' ? undefined : await inDouble(graph, feeds)
  const step = precise ? preciseStep : (options.step ?? 0.03)
  const numeric = await differences(precise ?? { graph, feeds }, by, outputs, step, options.directions ?? 64)
  const all = largestOf([...numeric.values()].flatMap(({ slopes }) => slopes))
  for (const attempt of precise ? [{ graph, feeds }, precise] : [{ graph, feeds }]) {
    const { expected, results } = await gradients(attempt.graph, attempt.feeds, by, outputs)
    const { rtol, atol } = tolerance[attempt === precise ? 'float64' : 'float32']
    for (const output of outputs) {
      expect(results[output], `output "${output}" of the training graph`).toBeAllclose(expected[output] as Tensor, {
        rtol,
        atol,
      })
    }
    for (const [name, { directions, slopes }] of numeric) {
      const gradient = results[name] as Tensor
      const along = directions.map((direction) => dot(gradient.data as Float32Array, direction))
      const scale = Math.max(largestOf(slopes), all / 20)
      expect(gradient.dims, `shape of the gradient by "${name}"`).toEqual(inputs[name]?.dims)
      expect(along, `gradient by "${name}" in ${gradient.type}`).toBeAllclose(slopes, { rtol, atol: atol * scale })
    }
  }
}

/** What the graph gives, and what its training graph gives: the same outputs, and for each value its gradient. */
async function gradients(graph: Graph, feeds: Tensors, by: readonly string[], outputs: readonly string[]) {
  const forward = await Session.create(graph, { threads: 1 })
  const expected = await forward.run(feeds, [...outputs]).finally(() => forward.close())
  const { graph: whole, loss } = withProjection(graph, outputs, expected)
  const training = await differentiate(whole, { loss, parameters: by, feeds })
  const session = await Session.create(training.graph, { threads: 1 })
  try {
    const parameters = by.flatMap((name) => {
      const weight = graph.initializers.get(name)
      return weight ? [[name, weight] as const] : []
    })
    const all = await session.run({ ...feeds, ...Object.fromEntries(parameters) })
    const found = [...training.gradients].map(([name, gradient]) => [name, all[gradient] as Tensor] as const)
    return { expected, results: { ...all, ...Object.fromEntries(found) } }
  } finally {
    await session.close()
  }
}
