import type { ElementType } from '../graph/element-type.js'
import { SessionError } from '../errors.js'
import type { Attribute, Graph, Node, ValueInfo } from '../graph/graph.js'
import { Session } from '../runtime/session.js'
import { type Tensor, tensor, zeros, type Tensors } from '../graph/tensor.js'
import { randomNumbers } from './random-tensor.js'

/** A graph and what is put in. */
export interface Attempt {
  readonly graph: Graph
  readonly feeds: Tensors
}

/** The graph in double precision, or undefined where onnxruntime cannot run it. */
export async function inDouble(graph: Graph, feeds: Tensors): Promise<Attempt | undefined> {
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

/** Directions at one value, and the slope of a function along each. */
export interface Slopes {
  readonly directions: readonly Float64Array[]
  readonly slopes: readonly number[]
}

/**
 * Slopes of the projected outputs along directions, for each value, by central differences of fourth order:
 *
 *     f'(x) ≈ (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12h
 *
 * @param limit Largest number of directions at each value; above it they are random.
 */
export async function differences(
  { graph, feeds }: Attempt,
  by: readonly string[],
  outputs: readonly string[],
  step: number,
  limit: number,
): Promise<Map<string, Slopes>> {
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
  const found = new Map<string, Slopes>()
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
export function projection({ data }: Pick<Tensor, 'data'>, index: number): Float64Array {
  const next = randomNumbers(index + 7)
  return Float64Array.from({ length: data.length }, () => Math.fround(next() * 2 - 1))
}

export function largestOf(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

export function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/**
 * The graph with a random projection of some outputs onto one number, the loss, of which `differences` are taken.
 * @param results What the graph gives: their types and shapes.
 */
export function withProjection(
  graph: Graph,
  outputs: readonly string[],
  results: Tensors,
): { graph: Graph; loss: string } {
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
    const result = results[output] as Tensor
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
  return { graph: whole, loss }
}

function doubleGraph(graph: Graph): Graph {
  const info = (value: ValueInfo): ValueInfo => (value.type === 'float32' ? { ...value, type: 'float64' } : value)
  const constants = new Map<string, Tensor>()
  const nodes = graph.nodes.flatMap((node) => {
    const double = { ...node, attributes: doubleAttributes(node) }
    return node.opType === 'Erf' && node.domain === '' ? erfInDouble(double, constants) : [double]
  })
  const weights = [...graph.initializers].map(([name, weight]) => [name, doubleTensor(weight)] as const)
  return graph.with({
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    nodes,
    initializers: new Map([...weights, ...constants]),
    valueInfo: new Map(),
  })
}

/**
 * erf x = 2/√π · x · exp(-x²) · (1 + 2x²/3 · (1 + 2x²/5 · (1 + ...))), whose terms are all positive (Abramowitz and Stegun, 1964,
 * equation 7.1.6): onnxruntime has Erf in single precision alone. Exact to the last digits up to |x| = 6, beyond which erf is ±1.
 */
function erfInDouble(erf: Node, constants: Map<string, Tensor>): Node[] {
  const nodes: Node[] = []
  const scope = erf.outputs[0] ?? ''
  const add = (opType: string, ...inputs: string[]): string => {
    const output = `${scope}/${nodes.length}`
    nodes.push({ name: '', opType, domain: '', inputs, outputs: [output], attributes: {} })
    return output
  }
  const number = (value: number): string => {
    const name = `in double: ${value}`
    constants.set(name, tensor('float64', [], Float64Array.of(value)))
    return name
  }
  const x = add('Clip', erf.inputs[0] ?? '', number(-6), number(6))
  const square = add('Mul', x, x)
  let sum = number(1)
  for (let n = 80; n > 0; n--) {
    sum = add('Add', number(1), add('Mul', add('Mul', square, number(2 / (2 * n + 1))), sum))
  }
  const bell = add('Mul', add('Exp', add('Neg', square)), number(2 / Math.sqrt(Math.PI)))
  const product = add('Mul', add('Mul', bell, x), sum)
  nodes.push({ ...erf, opType: 'Identity', inputs: [product] })
  return nodes
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
