import type { ElementType } from './element-type.js'
import type { FunctionProto, TypeProto } from './proto/onnx_pb.js'
import { sizeOf, type Tensor } from './tensor.js'

/** A dimension: its size, or the name of one that is known only when the graph runs ('' where it has no name). */
export type Dimension = number | string

/** What is known of a value before the graph runs. */
export interface ValueInfo {
  readonly name: string
  /** Undefined where the file leaves it out, or where `Tensor` cannot hold the value (see `other`). */
  readonly type?: ElementType | undefined
  /** Undefined where even the rank is unknown. */
  readonly dims?: readonly Dimension[] | undefined
  /** The type of a value that `Tensor` cannot hold (sequence, map, optional, complex numbers), kept as it was read. */
  readonly other?: TypeProto | undefined
}

/** A node's attribute, tagged as in the ONNX IR, where 1 and 1.0 are different things. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }

/** One operation: values in, values out, by name. */
export interface Node {
  readonly name: string
  readonly opType: string
  /** '' for the standard operators. */
  readonly domain: string
  /** Names of the values read; '' stands for an optional input left out. */
  readonly inputs: readonly string[]
  /** Names of the values written; '' stands for an optional output left out. */
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** The parts of a graph, as its constructor takes them. */
export interface GraphParts {
  name: string
  inputs: readonly ValueInfo[]
  outputs: readonly ValueInfo[]
  nodes: readonly Node[]
  initializers?: ReadonlyMap<string, Tensor>
  /** Operator set version per domain; '' is the standard one. */
  opsets?: ReadonlyMap<string, number>
  /** Types and shapes known of values inside the graph. */
  valueInfo?: ReadonlyMap<string, ValueInfo>
  metadata?: ReadonlyMap<string, string>
  /** Functions defined in the model, kept as they were read. */
  functions?: readonly FunctionProto[]
}

/**
 * A network: nodes in an order in which they can run, joined by named values.
 *
 * A graph is never changed in place: edits (see `extract`, `cut`, `connect`, `rename`) give a new graph that shares
 * nodes and weights with the old one.
 */
export class Graph {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly opsets: ReadonlyMap<string, number>
  readonly valueInfo: ReadonlyMap<string, ValueInfo>
  readonly metadata: ReadonlyMap<string, string>
  readonly functions: readonly FunctionProto[]

  constructor(parts: GraphParts) {
    this.name = parts.name
    this.inputs = parts.inputs
    this.outputs = parts.outputs
    this.nodes = parts.nodes
    this.initializers = parts.initializers ?? new Map()
    this.opsets = parts.opsets ?? new Map()
    this.valueInfo = parts.valueInfo ?? new Map()
    this.metadata = parts.metadata ?? new Map()
    this.functions = parts.functions ?? []
  }

  /** The same graph with some parts replaced. */
  with(parts: Partial<GraphParts>): Graph {
    return new Graph({ ...this, ...parts })
  }

  /** The node that writes each value. */
  producers(): Map<string, Node> {
    const producers = new Map<string, Node>()
    for (const node of this.nodes) {
      for (const output of node.outputs) if (output !== '') producers.set(output, node)
    }
    return producers
  }

  /** The nodes that read each value, inside nested graphs too. */
  consumers(): Map<string, Node[]> {
    const consumers = new Map<string, Node[]>()
    for (const node of this.nodes) {
      for (const input of new Set(valuesRead(node))) {
        const readers = consumers.get(input)
        if (readers) readers.push(node)
        else consumers.set(input, [node])
      }
    }
    return consumers
  }

  /** Number of elements over all weights. */
  get parameterCount(): number {
    let count = 0
    for (const { dims } of this.initializers.values()) count += sizeOf(dims)
    return count
  }

  /** The graph as text: one line for each input, weight, node and output. */
  toString(): string {
    return printGraph(this)
  }
}

/** Names of all values that a node needs: its inputs, and what its nested graphs (If, Loop, Scan) take from outside. */
export function valuesRead(node: Node): string[] {
  const read = node.inputs.filter((name) => name !== '')
  for (const graph of nestedGraphs(node)) read.push(...outerValues(graph))
  return read
}

/** The graphs that a node holds in its attributes (If, Loop, Scan). */
export function nestedGraphs(node: Node): Graph[] {
  return Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []))
}

/** Names that a nested graph uses and does not define. */
function outerValues(graph: Graph): string[] {
  const defined = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()])
  for (const node of graph.nodes) for (const output of node.outputs) defined.add(output)
  const used = [...graph.nodes.flatMap(valuesRead), ...graph.outputs.map(({ name }) => name)]
  return used.filter((name) => !defined.has(name))
}

/** A graph as text, for people: what goes in, the weights, each node in order, what comes out. */
function printGraph(graph: Graph, indent = ''): string {
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
