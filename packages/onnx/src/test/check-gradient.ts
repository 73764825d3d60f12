import { expect } from 'vitest'
import type { ElementType } from '../graph/element-type.js'
import { SessionError } from '../errors.js'
import { differentiate } from '../gradient/differentiate.js'
import type { Attribute, Graph, Node, ValueInfo } from '../graph/graph.js'
import { Session } from '../runtime/session.js'
import { type Tensor, tensor, zeros, type Tensors } from '../graph/tensor.js'
import { randomNumbers } from './random-tensor.js'
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
 * Compares the gradient that `differentiate` writes with central differences of fourth order,
 *
 *     f'(x) ≈ (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12h,
 *
 * where f is a random projection of the outputs onto one number. The differences are taken in double precision where
 * onnxruntime has all operators of the graph in it, and the gradient is then checked in both precisions.
 */
export async function checkGradient(graph: Graph, feeds: Tensors, options: CheckGradientOptions = {}): Promise<void> {
  const inputs: Tensors = { ...feeds, ...Object.fromEntries(graph.initializers) }
  const floats = Object.keys(inputs).filter((name) => inputs[name]?.type === 'float32')
  const by = options.by ?? floats
  const outputs = options.outputs ?? graph.outputs.map(({ name }) => name)
  const precise = options.precision === 'float32' ? undefined : await inDouble(graph, feeds)
  const step = precise ? preciseStep : (options.step ?? 0.03)
  const numeric = await differences(precise ?? { graph, feeds }, by, outputs, step, options)
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

interface Attempt {
  readonly graph: Graph
  readonly feeds: Tensors
}

/** The graph in double precision, or undefined where onnxruntime cannot run it. */
async function inDouble(graph: Graph, feeds: Tensors): Promise<Attempt | undefined> {
  const double = {
    graph: doubleGraph(graph),
    feeds: Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, doubleTensor(feed)])),
  }
  try {
    const session = await Session.create(double.graph, { threads: 1 })
    try {
      await session.run(double.feeds)
    } finally {
      await session.close()
    }
    return double
  } catch (error) {
    if (error instanceof SessionError) return undefined
    throw error
  }
}

/** Slopes of the projected function along directions, for each value. */
async function differences(
  { graph, feeds }: Attempt,
  by: readonly string[],
  outputs: readonly string[],
  step: number,
  { directions: limit = 64 }: CheckGradientOptions,
): Promise<Map<string, { directions: Float64Array[]; slopes: number[] }>> {
  const weights = by.flatMap((name) => {
    const weight = graph.initializers.get(name)
    return weight ? [[name, weight] as const] : []
  })
  const open = graph.with({
    inputs: [...graph.inputs, ...weights.map(([name, { type, dims }]) => ({ name, type, dims }))],
    initializers: new Map([...graph.initializers].filter(([name]) => !by.includes(name))),
  })
  const session = await Session.create(open, { threads: 1 })
  const point: Record<string, Tensor> = { ...feeds, ...Object.fromEntries(weights) }
  const found = new Map<string, { directions: Float64Array[]; slopes: number[] }>()
  try {
    for (const name of by) {
      const center = point[name] as Tensor<'float32' | 'float64'>
      // One array for all its places: of an embedding, each is larger than all that the network computes of it.
      const data = center.data.slice()
      const evaluate = async (direction: Float64Array, distance: number): Promise<number> => {
        for (let i = 0; i < data.length; i++) data[i] = (center.data[i] as number) + distance * (direction[i] as number)
        const results = await session.run({ ...point, [name]: { ...center, data } as Tensor }, [...outputs])
        return outputs.reduce((sum, output, index) => {
          const result = results[output] as Tensor
          return result.type === center.type ? sum + dot(result.data as Float32Array, projection(result, index)) : sum
        }, 0)
      }
      const directions = directionsOf(center.data.length, limit)
      const slopes: number[] = []
      for (const direction of directions) {
        const near = (await evaluate(direction, step)) - (await evaluate(direction, -step))
        const far = (await evaluate(direction, 2 * step)) - (await evaluate(direction, -2 * step))
        slopes.push((8 * near - far) / (12 * step))
      }
      found.set(name, { directions, slopes })
    }
  } finally {
    await session.close()
  }
  return found
}

/** Each element by itself, or where these are too many, random signs, scaled to unit length. */
function directionsOf(size: number, limit: number): Float64Array[] {
  if (size <= limit) return Array.from({ length: size }, (_, i) => new Float64Array(size).fill(1, i, i + 1))
  const next = randomNumbers(size)
  return Array.from({ length: limit }, () => {
    const direction = new Float64Array(size)
    for (let i = 0; i < size; i++) direction[i] = (next() < 0.5 ? -1 : 1) / Math.sqrt(size)
    return direction
  })
}

/** Random weights of an output's elements, the same in both precisions. */
function projection({ data }: Pick<Tensor, 'data'>, index: number): Float64Array {
  const next = randomNumbers(index + 7)
  return Float64Array.from({ length: data.length }, () => Math.fround(next() * 2 - 1))
}

function largestOf(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** What the graph gives, and what its training graph gives: the same outputs, and for each value its gradient. */
async function gradients(graph: Graph, feeds: Tensors, by: readonly string[], outputs: readonly string[]) {
  const forward = await Session.create(graph, { threads: 1 })
  const expected = await forward.run(feeds, [...outputs]).finally(() => forward.close())
  const nodes: Node[] = []
  const weights = new Map<string, Tensor>()
  const parts: string[] = []
  const add = (
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Node['attributes'] = {},
  ): string => {
    nodes.push({ name: output, opType, domain: '', inputs, outputs: [output], attributes })
    return output
  }
  for (const [index, output] of outputs.entries()) {
    const result = expected[output] as Tensor
    if (result.type !== 'float32' && result.type !== 'float64') continue
    const projected = projection(result, index)
    const data = result.type === 'float32' ? Float32Array.from(projected) : projected
    weights.set(`projection:${index}`, tensor(result.type, result.dims, data))
    const product = add('Mul', [output, `projection:${index}`], `projected:${index}`)
    parts.push(add('ReduceSum', [product], `sum:${index}`, { keepdims: { kind: 'int', value: 0 } }))
  }
  const loss = add('Sum', parts, 'projected loss')
  const whole = graph.with({
    nodes: [...graph.nodes, ...nodes],
    initializers: new Map([...graph.initializers, ...weights]),
  })
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

function doubleGraph(graph: Graph): Graph {
  const info = (value: ValueInfo): ValueInfo => (value.type === 'float32' ? { ...value, type: 'float64' } : value)
  return graph.with({
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    nodes: graph.nodes.map((node) => ({ ...node, attributes: doubleAttributes(node) })),
    initializers: new Map([...graph.initializers].map(([name, weight]) => [name, doubleTensor(weight)])),
    valueInfo: new Map(),
  })
}

function doubleAttributes({ opType, attributes }: Node): Node['attributes'] {
  const double = ([name, attribute]: [string, Attribute]): [string, Attribute] => {
    if (attribute.kind === 'tensor') return [name, { kind: 'tensor', value: doubleTensor(attribute.value) }]
    // TensorProto.DataType: FLOAT is 1, DOUBLE 11.
    const toFloat = opType === 'Cast' && attribute.kind === 'int' && attribute.value === 1
    return [name, toFloat ? { kind: 'int', value: 11 } : attribute]
  }
  return Object.fromEntries(Object.entries(attributes).map(double))
}

function doubleTensor(value: Tensor<ElementType>): Tensor {
  if (value.type !== 'float32') return value
  const double = zeros('float64', value.dims)
  double.data.set(value.data as Float32Array)
  return double
}
