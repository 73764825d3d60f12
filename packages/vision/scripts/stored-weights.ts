import { float32, type Graph, type Node, type Tensor, tensor } from '@headstart/onnx'
import { toFloat32 } from '@headstart/onnx/kit'

/**
 * A network whose weights came from half precision, in half precision again: nothing is lost. Biases and the like that do not
 * fit exactly would be an error.
 */
export function inHalfPrecision(graph: Graph): Graph {
  const half = <T extends { readonly type?: string | undefined }>(info: T): T =>
    info.type === 'float32' ? { ...info, type: 'float16' } : info
  const stored = graph.with({
    inputs: graph.inputs.map(half),
    outputs: graph.outputs.map(half),
    valueInfo: new Map([...graph.valueInfo].map(([name, info]) => [name, half(info)])),
    initializers: new Map([...graph.initializers].map(([name, weight]) => [name, halfTensor(name, weight)])),
  })
  for (const [name, { data }] of toFloat32(stored).initializers) expectSame(name, data as Float32Array, graph, 0)
  return stored
}

function halfTensor(name: string, { type, dims, data }: Tensor): Tensor {
  if (type !== 'float32') return { type, dims, data }
  return tensor(
    'float16',
    dims,
    Uint16Array.from(data as Float32Array, (value) => halfBits(name, value)),
  )
}

/** The bits of a number in half precision (IEEE 754 binary16), which holds it exactly. */
function halfBits(name: string, value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size === 0) return sign
  const exponent = Math.max(Math.floor(Math.log2(size)), -14)
  const fraction = size / 2 ** (exponent - 10)
  if (!Number.isInteger(fraction) || exponent > 15)
    throw new Error(`weight "${name}": expected numbers that half precision holds, got ${value}.`)
  return sign | (fraction < 1024 ? fraction : ((exponent + 15) << 10) | (fraction - 1024))
}

/**
 * A network whose weights came from 256 levels, in these levels again, `(q - zero point) * scale`, to the rounding of float32.
 * What was never quantized, or was changed since, stays as it is.
 */
export function inLevels(graph: Graph): Graph {
  const initializers = new Map<string, Tensor>()
  const nodes: Node[] = []
  for (const [name, weight] of graph.initializers) {
    const levels = weight.type === 'float32' ? levelsOf(weight.data as Float32Array) : undefined
    if (!levels) {
      initializers.set(name, weight)
      continue
    }
    const stored = [`${name}/levels`, `${name}/scale`, `${name}/zero`] as const
    initializers.set(stored[0], tensor('uint8', weight.dims, levels.data))
    initializers.set(stored[1], float32([], [levels.scale]))
    initializers.set(stored[2], tensor('uint8', [], Uint8Array.of(levels.zero)))
    nodes.push({ name, opType: 'DequantizeLinear', domain: '', inputs: stored, outputs: [name], attributes: {} })
    const back = Float32Array.from(levels.data, (level) => (level - levels.zero) * levels.scale)
    expectSame(name, back, graph, 1e-6)
  }
  return graph.with({ initializers, nodes: [...nodes, ...graph.nodes] })
}

interface Levels {
  readonly data: Uint8Array
  readonly scale: number
  readonly zero: number
}

function levelsOf(values: Float32Array): Levels | undefined {
  const distinct = [...new Set(values)].sort((a, b) => a - b)
  const [least = 0, most = 0] = [distinct[0], distinct.at(-1)]
  if (distinct.length < 3 || distinct.length > 256) return undefined
  const gap = distinct
    .slice(1)
    .reduce((smallest, value, index) => Math.min(smallest, value - (distinct[index] ?? 0)), Infinity)
  const scale = (most - least) / Math.round((most - least) / gap)
  const zero = Math.round(-least / scale)
  const data = Uint8Array.from(values, (value) => Math.round(value / scale) + zero)
  const isExact = values.every((value, index) => {
    const level = Math.round(value / scale) + zero
    return level === data[index] && Math.abs((level - zero) * scale - value) <= 1e-6 * Math.max(most, -least)
  })
  return zero >= 0 && zero <= 255 && isExact ? { data, scale, zero } : undefined
}

function expectSame(name: string, stored: Float32Array, graph: Graph, tolerance: number): void {
  const original = graph.initializers.get(name)?.data as Float32Array
  const size = original.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  stored.forEach((value, index) => {
    if (Math.abs(value - (original[index] as number)) > tolerance * size)
      throw new Error(`weight "${name}": expected ${original[index]}, got ${value}.`)
  })
}
