import type { Graph, Node } from '../graph/graph.js'
import { intOf } from '../graph/attributes.js'
import { shapeOf } from '../operators/shapes.js'

/**
 * The same network with what exporters spelled out for older operator sets as one operator: the Gelu activation and layer
 * normalization. Their derivatives are known as a whole, and take half the passes over the data.
 */
export function fusePatterns(graph: Graph): Graph {
  const pattern = new Patterns(graph)
  const fused = new Map<Node, Node>()
  const inside = new Set<Node>()
  for (const node of graph.nodes) {
    const found = pattern.gelu(node) ?? pattern.layerNormalization(node)
    if (!found || !pattern.closed(found.parts, node)) continue
    fused.set(node, { ...node, ...found.node })
    for (const part of found.parts) if (part !== node) inside.add(part)
  }
  if (fused.size === 0) return graph
  return graph.with({
    nodes: graph.nodes.flatMap((node) => fused.get(node) ?? (inside.has(node) ? [] : [node])),
    opsets: new Map([...graph.opsets, ['com.microsoft', 1]]),
  })
}

/** What a pattern is replaced by, and the nodes that it was made of. */
interface Match {
  readonly node: Pick<Node, 'opType' | 'domain' | 'inputs' | 'attributes'>
  readonly parts: readonly Node[]
}

class Patterns {
  readonly #graph: Graph
  readonly #producers: Map<string, Node>
  readonly #consumers: Map<string, Node[]>
  readonly #outputs: Set<string>

  constructor(graph: Graph) {
    this.#graph = graph
    this.#producers = graph.producers()
    this.#consumers = graph.consumers()
    this.#outputs = new Set(graph.outputs.map(({ name }) => name))
  }

  /** y = x · ½ · (1 + erf(x / √2)), the factors in any order */
  gelu(last: Node): Match | undefined {
    const factors = this.#factors(last)
    if (!factors) return undefined
    const half = factors.values.find((name) => this.#isNumber(name, 0.5))
    const sums = factors.values.map((name) => this.#node(name, 'Add'))
    const sum = sums.find((node) => this.#oneOf(node, 'Erf').length > 0)
    const [erf, one = ''] = this.#oneOf(sum, 'Erf')
    const x = factors.values.find((name) => name !== half && name !== sum?.outputs[0])
    if (half === undefined || x === undefined || !sum || !erf || !this.#isNumber(one, 1)) return undefined
    const scaled = this.#producers.get(erf.inputs[0] ?? '')
    const [value, number = ''] = scaled?.inputs ?? []
    const divided = scaled?.opType === 'Div' && this.#isNumber(number, Math.SQRT2)
    const multiplied = scaled?.opType === 'Mul' && this.#isNumber(number, Math.SQRT1_2)
    if (!scaled || value !== x || !(divided || multiplied)) return undefined
    const node = { opType: 'Gelu', domain: 'com.microsoft', inputs: [x], attributes: {} }
    return { node, parts: [...factors.nodes, sum, erf, scaled] }
  }

  /** y = (x - mean x) / √(mean (x - mean x)² + ε) · scale + bias, over the last axis */
  layerNormalization(last: Node): Match | undefined {
    if (last.opType !== 'Add' || last.domain !== '') return undefined
    const [scaled, bias] = this.#oneOf(last, 'Mul')
    const [quotient, scale] = scaled ? this.#oneOf(scaled, 'Div') : []
    const centered = this.#node(quotient?.inputs[0], 'Sub')
    const root = this.#node(quotient?.inputs[1], 'Sqrt')
    const [variance, epsilon] = this.#oneOf(this.#node(root?.inputs[0], 'Add'), 'ReduceMean')
    const square = this.#producers.get(variance?.inputs[0] ?? '')
    const mean = this.#node(centered?.inputs[1], 'ReduceMean')
    const [x] = centered?.inputs ?? []
    const number = this.#number(epsilon)
    if (
      !scaled ||
      !quotient ||
      !centered ||
      !root ||
      !variance ||
      !square ||
      !mean ||
      x === undefined ||
      number === undefined
    )
      return undefined
    const own = centered.outputs[0]
    const isSquare =
      square.opType === 'Pow'
        ? this.#isNumber(square.inputs[1] ?? '', 2)
        : square.opType === 'Mul' && square.inputs[1] === own
    const isVector = [scale, bias].every((name) => shapeOf(this.#graph, name)?.length === 1)
    const overLast = [mean, variance].every((node) => this.#isOverLast(node))
    if (square.inputs[0] !== own || !isSquare || !isVector || !overLast || mean.inputs[0] !== x) return undefined
    const sum = this.#producers.get(root.inputs[0] ?? '') as Node
    return {
      node: {
        opType: 'LayerNormalization',
        domain: '',
        inputs: [x, scale ?? '', bias ?? ''],
        attributes: { axis: { kind: 'int', value: -1 }, epsilon: { kind: 'float', value: number } },
      },
      parts: [last, scaled, quotient, centered, root, sum, variance, square, mean],
    }
  }

  /** Whether nothing outside reads what is inside. */
  closed(parts: readonly Node[], last: Node): boolean {
    const all = new Set(parts)
    return parts.every((part) => {
      if (part === last) return true
      const readers = part.outputs.flatMap((name) => this.#consumers.get(name) ?? [])
      return readers.every((reader) => all.has(reader)) && part.outputs.every((name) => !this.#outputs.has(name))
    })
  }

  #node(name: string | undefined, opType: string): Node | undefined {
    const node = this.#producers.get(name ?? '')
    return node?.opType === opType && node.domain === '' ? node : undefined
  }

  /** A product of three values, as two Mul nodes. */
  #factors(last: Node): { values: string[]; nodes: Node[] } | undefined {
    if (last.opType !== 'Mul' || last.domain !== '') return undefined
    for (const [index, name] of last.inputs.entries()) {
      const inner = this.#node(name, 'Mul')
      const other = last.inputs[1 - index]
      if (inner && other !== undefined) return { values: [...inner.inputs, other], nodes: [last, inner] }
    }
    return undefined
  }

  /** The input that an operator writes, and the other one. */
  #oneOf(node: Node | undefined, opType: string): [Node, string] | [] {
    const [a = '', b = ''] = node?.inputs ?? []
    const [left, right] = [this.#node(a, opType), this.#node(b, opType)]
    return left ? [left, b] : right ? [right, a] : []
  }

  #isOverLast(node: Node): boolean {
    const axes = this.#graph.initializers.get(node.inputs[1] ?? '')
    return axes?.data.length === 1 && Number(axes.data[0]) === -1 && intOf(node, 'keepdims', 1) === 1
  }

  #number(name: string | undefined): number | undefined {
    const weight = this.#graph.initializers.get(name ?? '')
    return weight?.data.length === 1 && weight.type !== 'string' ? Number(weight.data[0]) : undefined
  }

  #isNumber(name: string, value: number): boolean {
    const number = this.#number(name)
    return number !== undefined && Math.abs(number - value) < 1e-4
  }
}
