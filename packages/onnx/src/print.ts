import type { Attribute, Graph, Node, ValueInfo } from './graph.js'
import type { Tensor } from './tensor.js'

/** A graph as text, for people: what goes in, the weights, each node in order, what comes out. */
export function printGraph(graph: Graph, indent = ''): string {
  const opsets = [...graph.opsets].map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`).join(', ')
  const lines = [
    `graph ${graph.name || '(no name)'}${opsets && ` (${opsets})`} {`,
    ...graph.inputs.map((input) => `  input  ${printValueInfo(input)}`),
    ...[...graph.initializers].map(([name, weight]) => `  weight ${name}: ${printTensor(weight)}`),
    ...graph.nodes.map((node) => `  ${printNode(node, `${indent}  `)}`),
    ...graph.outputs.map((output) => `  output ${printValueInfo(output)}`),
    '}',
  ]
  return lines.map((line) => indent + line).join('\n')
}

function printNode(node: Node, indent: string): string {
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${printAttribute(value, indent)}`)
  const outputs = node.outputs.map((output) => output || '_').join(', ')
  const inputs = node.inputs.map((input) => input || '_').join(', ')
  return `${outputs} = ${operator}(${inputs})${attributes.length > 0 ? ` {${attributes.join(', ')}}` : ''}`
}

function printAttribute(attribute: Attribute, indent: string): string {
  switch (attribute.kind) {
    case 'tensor':
      return printTensor(attribute.value)
    case 'graph':
      return `\n${printGraph(attribute.value, `${indent}  `)}`
    case 'ints':
    case 'floats':
    case 'strings':
      return `[${Array.from<unknown, string>(attribute.value, printElement).join(', ')}]`
    default:
      return printElement(attribute.value)
  }
}

/** Type and shape, and the elements themselves where they are few: `int64[2] = 0, -1`. */
function printTensor({ type, dims, data }: Tensor): string {
  const few = data.length > 0 && data.length <= 8
  const elements = few ? ` = ${Array.from<unknown, string>(data, printElement).join(', ')}` : ''
  return `${type}[${dims.join(', ')}]${elements}`
}

/** Fractions in seven digits, which is what single precision holds: 0.1 and not 0.10000000149011612. */
function printElement(element: unknown): string {
  if (typeof element === 'string') return JSON.stringify(element)
  const fraction = typeof element === 'number' && !Number.isInteger(element)
  return String(fraction ? Number(element.toPrecision(7)) : element)
}

/** A value's name, type and shape: `ids: int64[batch, tokens]`. */
export function printValueInfo({ name, type, dims, other }: ValueInfo): string {
  const shape = dims ? `[${dims.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]` : ''
  return `${name}: ${other ? (other.value.case ?? '?') : (type ?? '?')}${shape}`
}
