import { intOf } from './attributes.js'
import { constantsAsWeights } from './constants-as-weights.js'
import type { Dimension, Graph, Node } from './graph.js'
import { unusedName, usedNames } from './rename.js'
import { shapeNode } from './shape-node.js'
import { int64, type Tensor } from './tensor.js'

/**
 * The same graph for one that is cut at some values: where it reads the shape of a value before the cut, and that shape
 * is known (see `withInferredShapes`), it is put together from the dimensions of the values at the cut and of inputs.
 *
 * Exporters compute masks, positions and shapes of later layers from the shape of an early value: what is behind a cut
 * would have to compute that value again for its shape alone.
 * @param before Values that are computed before the cut.
 */
export function shapesAtCut(graph: Graph, values: readonly string[], before: ReadonlySet<string>): Graph {
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const writer = new ShapeWriter(constantsAsWeights(graph), values)
  const producers = graph.producers()
  const dimsOf = (name: string): readonly Dimension[] | undefined =>
    graph.valueInfo.get(name)?.dims ?? graph.inputs.find((input) => input.name === name)?.dims
  const nodes = graph.nodes.map((node): Node => {
    const [value = ''] = node.inputs
    const shape = node.opType === 'Gather' ? producers.get(value) : undefined
    const measured = shape?.opType === 'Shape' ? (shape.inputs[0] ?? '') : ''
    if (before.has(measured)) return writer.pick(node, dimsOf(measured)) ?? node
    if (node.opType !== 'Shape' || node.domain !== '' || values.includes(value)) return node
    if (inputs.has(value)) return writer.write(node, dimsOf(value), values) ?? node
    return before.has(value) ? (writer.write(node, dimsOf(value), [...values, ...inputs]) ?? node) : node
  })
  return graph.with({
    nodes: [...writer.shared, ...nodes],
    initializers: new Map([...graph.initializers, ...writer.constants]),
  })
}

/** Writes shapes as vectors of dimensions of other values. */
class ShapeWriter {
  /** Single dimensions, which other nodes read. */
  readonly shared: Node[] = []
  readonly constants = new Map<string, Tensor>()
  readonly #initializers: ReadonlyMap<string, Tensor>
  readonly #used: Set<string>
  readonly #dimensions = new Map<Dimension, string>()
  readonly #places = new Map<string, { readonly value: string; readonly axis: number }>()

  constructor(graph: Graph, values: readonly string[]) {
    this.#initializers = graph.initializers
    this.#used = usedNames(graph)
    const known = [...values.map((name) => graph.valueInfo.get(name)), ...graph.inputs]
    for (const info of known) {
      info?.dims?.forEach((dim, axis) => {
        if (typeof dim === 'string' && dim !== '' && !this.#places.has(dim))
          this.#places.set(dim, { value: info.name, axis })
      })
    }
  }

  /** A node in place of a Shape; undefined where a dimension is not one of the sources'. */
  write(node: Node, dims: readonly Dimension[] | undefined, sources: readonly string[]): Node | undefined {
    const part = dims?.slice(intOf(node, 'start', 0), intOf(node, 'end', dims.length)) ?? []
    const isKnown = (dim: Dimension): boolean =>
      typeof dim === 'number' ? dim >= 0 : sources.includes(this.#places.get(dim)?.value ?? '')
    if (part.length === 0 || !part.every(isKnown)) return undefined
    const inputs = part.map((dim) => this.#dimension(dim))
    return { ...node, opType: 'Concat', inputs, attributes: { axis: { kind: 'int', value: 0 } } }
  }

  /** A node in place of one that picks a single dimension from a shape, where that is a number. */
  pick(node: Node, dims: readonly Dimension[] | undefined): Node | undefined {
    const index = this.#initializers.get(node.inputs[1] ?? '')
    const dim = index?.data.length === 1 ? dims?.at(Number(index.data[0])) : undefined
    if (!index || typeof dim !== 'number' || dim < 0) return undefined
    const name = unusedName(`${node.outputs[0]}/number`, this.#used)
    this.constants.set(name, int64(index.dims, [dim]))
    return { ...node, opType: 'Identity', inputs: [name], attributes: {} }
  }

  /** The name of one dimension as a vector of one number. */
  #dimension(dim: Dimension): string {
    const known = this.#dimensions.get(dim)
    if (known !== undefined) return known
    const name = unusedName(`dimension/${dim}`, this.#used)
    this.#dimensions.set(dim, name)
    const place = this.#places.get(String(dim))
    if (!place) this.constants.set(name, int64([1], [Number(dim)]))
    else {
      const [shape, axis] = [unusedName(`${name}/shape`, this.#used), unusedName(`${name}/axis`, this.#used)]
      this.constants.set(axis, int64([1], [place.axis]))
      const first = { axis: { kind: 'int', value: 0 } } as const
      this.shared.push(shapeNode(place.value, shape), {
        name,
        opType: 'Gather',
        domain: '',
        inputs: [shape, axis],
        outputs: [name],
        attributes: first,
      })
    }
    return name
  }
}
