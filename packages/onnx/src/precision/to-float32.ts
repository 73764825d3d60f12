import { constantsAsWeights } from '../graph/constants-as-weights.js'
import type { Attribute, Graph, Node, ValueInfo } from '../graph/graph.js'
import { typeCodes } from '../graph/element-type.js'
import { rename, unusedName, usedNames } from '../graph/rename.js'
import { float32, type Tensor } from '../graph/tensor.js'
import { fromBfloat16, fromFloat16 } from './half-precision.js'

/** Codes of the half precisions, as in attributes of operators. */
const halves: ReadonlySet<number> = new Set([typeCodes.float16, typeCodes.bfloat16])

/**
 * The same network in single precision where it is in half (float16, bfloat16): weights, inputs, outputs and all that is
 * computed. Training needs it; a frozen network runs as it is, see `withFloat32Interface`.
 */
export function toFloat32(graph: Graph): Graph {
  return inSingle(constantsAsWeights(graph))
}

function inSingle(graph: Graph): Graph {
  const values = (infos: readonly ValueInfo[]): ValueInfo[] => infos.map(singleInfo)
  return graph.with({
    inputs: values(graph.inputs),
    outputs: values(graph.outputs),
    initializers: new Map([...graph.initializers].map(([name, weight]) => [name, singleTensor(weight)])),
    valueInfo: new Map([...graph.valueInfo].map(([name, info]) => [name, singleInfo(info)])),
    nodes: graph.nodes.map((node): Node => {
      const attributes = Object.entries(node.attributes).map(([name, value]) => [name, singleAttribute(name, value)])
      return { ...node, attributes: Object.fromEntries(attributes) }
    }),
  })
}

function isHalf(type: string | undefined): boolean {
  return type === 'float16' || type === 'bfloat16'
}

function singleInfo(info: ValueInfo): ValueInfo {
  return isHalf(info.type) ? { ...info, type: 'float32' } : info
}

function singleTensor({ type, dims, data }: Tensor): Tensor {
  if (type === 'float16') return float32(dims, fromFloat16(data as Uint16Array))
  if (type === 'bfloat16') return float32(dims, fromBfloat16(data as Uint16Array))
  return { type, dims, data }
}

/** Types that nodes make: `to` of Cast, `dtype` of others; constants; nested graphs. */
function singleAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.kind === 'tensor') return { kind: 'tensor', value: singleTensor(attribute.value) }
  if (attribute.kind === 'graph') return { kind: 'graph', value: inSingle(attribute.value) }
  const isType = (name === 'to' || name === 'dtype') && attribute.kind === 'int' && halves.has(attribute.value)
  return isType ? { kind: 'int', value: typeCodes.float32 } : attribute
}

/** Whether weights of a network are in half precision. */
export function isHalfPrecision(graph: Graph): boolean {
  return [...graph.initializers.values()].some(({ type, data }) => isHalf(type) && data.length > 1)
}

/** The same network, taking and giving single precision where its inputs and outputs are in half. */
export function withFloat32Interface(graph: Graph): Graph {
  const half = (infos: readonly ValueInfo[]): ValueInfo[] => infos.filter(({ type }) => isHalf(type))
  const changed = [...half(graph.inputs), ...half(graph.outputs)]
  if (changed.length === 0) return graph
  const used = usedNames(graph)
  const names = Object.fromEntries(changed.map(({ name }) => [name, unusedName(`${name}/half`, used)]))
  const inside = rename(graph, names)
  const cast = (from: string, to: string, type: number): Node => {
    return {
      name: `${to}/cast`,
      opType: 'Cast',
      domain: '',
      inputs: [from],
      outputs: [to],
      attributes: { to: { kind: 'int', value: type } },
    }
  }
  const inner = (name: string): string => names[name] ?? name
  const before = half(graph.inputs).map(({ name, type = 'float16' }) => cast(name, inner(name), typeCodes[type]))
  const after = half(graph.outputs).map(({ name }) => cast(inner(name), name, typeCodes.float32))
  return inside.with({
    inputs: graph.inputs.map(singleInfo),
    outputs: graph.outputs.map(singleInfo),
    nodes: [...before, ...inside.nodes, ...after],
  })
}
