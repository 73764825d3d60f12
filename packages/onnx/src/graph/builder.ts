import type { ElementType } from './element-type.js'
import { GraphEditError } from '../errors.js'
import { type Attribute, type Dimension, Graph, type Node, type ValueInfo } from './graph.js'
import { float32, int64, type Tensor } from './tensor.js'
import { validate } from './validate.js'

/** The name of a value in a graph under construction. */
export type Value = string & { readonly __value: unique symbol }

/** An attribute as it is written in code. A plain number is an int; a float is marked: `float(1e-6)`. */
export type AttributeInput = number | string | readonly number[] | readonly string[] | Tensor | Graph | Attribute

/** Marks an attribute as a float. */
export function float(value: number): Attribute {
  return { kind: 'float', value }
}

/** Options of a node. */
export interface OpOptions {
  /** Name of the node and, unless it is taken, of its first output. Default: made from the operator's name. */
  readonly name?: string
  /** Default: the standard operators. */
  readonly domain?: string
}

/**
 * Writes a graph node by node.
 *
 *     const g = new GraphBuilder('head')
 *     const x = g.input('features', 'float32', ['batch', 512])
 *     const logits = g.op('Gemm', [x, g.weight('weight', w), g.weight('bias', b)])
 *     g.output('probabilities', g.op('Softmax', [logits], { axis: -1 }), 'float32', ['batch', 2])
 *     const graph = g.build()
 */
export class GraphBuilder {
  readonly #name: string
  readonly #opsets: ReadonlyMap<string, number>
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #nodes: Node[] = []
  readonly #weights = new Map<string, Tensor>()
  readonly #metadata = new Map<string, string>()
  readonly #constants = new Map<string, Value>()
  readonly #used = new Set<string>()
  /** By name: the first number that may not be taken yet. */
  readonly #counts = new Map<string, number>()
  #scope = ''

  /** @param options `opsets`: version per operator domain; default: the standard operators in version 17. */
  constructor(name: string, options: { opsets?: Readonly<Record<string, number>> } = {}) {
    this.#name = name
    this.#opsets = new Map(Object.entries(options.opsets ?? { '': 17 }))
  }

  /** Declares an input. A dimension given by name is known only when the graph runs. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    this.#inputs.push({ name: this.#claim(name), type, dims })
    return name as Value
  }

  /** Adds a weight. */
  weight(name: string, tensor: Tensor): Value {
    const scoped = this.#claim(this.#scope + name)
    this.#weights.set(scoped, tensor)
    return scoped as Value
  }

  /** A small int64 constant (a shape, axes): a scalar from a number, a vector from an array. */
  ints(values: number | readonly number[]): Value {
    const tensor = typeof values === 'number' ? int64([], [values]) : int64([values.length], values)
    return this.#constant(`int_${[values].flat().join('_')}${typeof values === 'number' ? '' : '_vector'}`, tensor)
  }

  /** A float32 scalar constant. */
  scalar(value: number): Value {
    return this.#constant(`float_${value}`, float32([], [value]))
  }

  /** Adds a node with one output and gives that output. An input left out is ''. */
  op(
    opType: string,
    inputs: readonly (Value | '')[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
    options: OpOptions = {},
  ): Value {
    return this.ops(opType, inputs, 1, attributes, options)[0] as Value
  }

  /** Adds a node with several outputs. */
  ops(
    opType: string,
    inputs: readonly (Value | '')[],
    outputs: number,
    attributes: Readonly<Record<string, AttributeInput>> = {},
    { name = opType, domain = '' }: OpOptions = {},
  ): Value[] {
    const node = this.#unused(this.#scope + name)
    const values = Array.from({ length: outputs }, (_, index) =>
      index === 0 ? node : this.#unused(`${node}:${index}`),
    )
    this.#nodes.push({
      name: node,
      opType,
      domain,
      inputs,
      outputs: values,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toAttribute(key, value)])),
    })
    return values as Value[]
  }

  /** Names everything made inside `body` with a prefix: `layer0/`. */
  scope<T>(name: string, body: () => T): T {
    const outer = this.#scope
    this.#scope = `${outer}${name}/`
    try {
      return body()
    } finally {
      this.#scope = outer
    }
  }

  /** Declares an output of that name. */
  output(name: string, value: Value, type: ElementType, dims?: readonly Dimension[]): void {
    if (name !== value) {
      this.#claim(name)
      this.#nodes.push({ name, opType: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} })
    }
    this.#outputs.push({ name, type, dims })
  }

  /** Notes a fact about the model in its metadata. */
  metadata(key: string, value: string): void {
    this.#metadata.set(key, value)
  }

  /**
   * The finished graph.
   * @throws InvalidGraphError when it breaks a rule of the ONNX IR.
   */
  build(): Graph {
    const graph = new Graph({
      name: this.#name,
      // Copies: what is written afterwards must not change a finished graph.
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      nodes: [...this.#nodes],
      initializers: new Map(this.#weights),
      opsets: this.#opsets,
      metadata: new Map(this.#metadata),
    })
    validate(graph)
    return graph
  }

  /** Constants of the same content are one weight, outside any scope. */
  #constant(name: string, tensor: Tensor): Value {
    const known = this.#constants.get(name)
    if (known !== undefined) return known
    const unused = this.#unused(name) as Value
    this.#weights.set(unused, tensor)
    this.#constants.set(name, unused)
    return unused
  }

  #claim(name: string): string {
    if (this.#used.has(name)) {
      throw new GraphEditError(`graph "${this.#name}"`, 'a name not yet in use', `"${name}"`, 'Choose another name.')
    }
    this.#used.add(name)
    return name
  }

  #unused(name: string): string {
    let candidate = name
    let count = this.#counts.get(name) ?? 1
    while (this.#used.has(candidate)) candidate = `${name}_${count++}`
    this.#counts.set(name, count)
    return this.#claim(candidate)
  }
}

/** The tagged attribute that a value in code stands for. */
export function toAttribute(name: string, value: AttributeInput): Attribute {
  if (typeof value === 'number') return { kind: 'int', value: whole(name, value) }
  if (typeof value === 'string') return { kind: 'string', value }
  if (value instanceof Graph) return { kind: 'graph', value }
  if (isArray(value)) {
    return isTexts(value)
      ? { kind: 'strings', value }
      : { kind: 'ints', value: value.map((number) => whole(name, number)) }
  }
  return 'kind' in value ? value : { kind: 'tensor', value }
}

function isArray(value: AttributeInput): value is readonly number[] | readonly string[] {
  return Array.isArray(value)
}

function isTexts(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === 'string'
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value)) return value
  throw new GraphEditError(`attribute "${name}"`, 'a whole number', String(value), 'Write float(...) for a float.')
}
