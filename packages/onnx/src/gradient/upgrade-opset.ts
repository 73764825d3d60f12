import { GraphEditError } from '../errors.js'
import type { Attribute, Graph, Node } from '../graph/graph.js'
import { unusedName, usedNames } from '../graph/rename.js'
import { float32, int64, type Tensor } from '../graph/tensor.js'
import type { StandardOperator } from '../operators/operator-names.js'
import { intOf, without } from '../graph/attributes.js'

/**
 * The version in which rules read and write nodes. From 18 on axes are inputs everywhere, and ScatterElements and
 * ScatterND can add.
 */
export const ruleOpset = 18
const oldest = 7

/**
 * The same network in a later version of the standard operators, 18 at least: what became an input is an input (axes,
 * pads, bounds), and what changed its meaning is written out (Softmax before version 13).
 * Specification: ONNX, "Changelog".
 * @throws GraphEditError for a graph older than version 7.
 */
export function upgradeOpset(graph: Graph): Graph {
  const version = graph.opsets.get('')
  if (version === undefined || version >= ruleOpset) return graph
  if (version < oldest) {
    throw new GraphEditError(
      `graph "${graph.name}"`,
      `the standard operators in version ${oldest} or later`,
      `version ${version}`,
      'Convert it with onnx.version_converter, or export it again.',
    )
  }
  const upgraded = new Upgrade(version, usedNames(graph)).apply(graph)
  return upgraded.with({ opsets: new Map([...graph.opsets, ['', ruleOpset]]) })
}

type Upgrader = (node: Node, upgrade: Upgrade) => Node[]

/** An attribute that became an input of a given index, in a version. */
const toInput =
  (since: number, attribute: string, index: number, type: 'ints' | 'int' | 'float' = 'ints'): Upgrader =>
  (node, upgrade) => {
    if (upgrade.version >= since) return [node]
    const value = node.attributes[attribute]
    const inputs = [...node.inputs]
    if (value) {
      while (inputs.length <= index) inputs.push('')
      inputs[index] = upgrade.constant(node, attribute, asTensor(value, type))
    }
    return [{ ...node, inputs: trimmed(inputs), attributes: without(node.attributes, attribute) }]
  }

function asTensor(value: Attribute, type: 'ints' | 'int' | 'float'): Tensor {
  if (value.kind === 'ints') return int64([value.value.length], value.value)
  if (value.kind === 'int')
    return type === 'ints' || type === 'int' ? int64([1], [value.value]) : float32([], [value.value])
  if (value.kind === 'float') return float32([], [value.value])
  return int64([0], [])
}

function trimmed(inputs: readonly string[]): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1)
}

/** Several changes of one operator, oldest first. */
const inOrder =
  (...steps: readonly Upgrader[]): Upgrader =>
  (node, upgrade) =>
    steps.reduce<Node[]>((nodes, step) => nodes.flatMap((one) => step(one, upgrade)), [node])

/**
 * Softmax before version 13: over all axes from `axis` (1 where it is left out) to the last together. Where the axis is
 * not the last one, the tensor is flattened to a matrix and back.
 */
const softmax: Upgrader = (node, upgrade) => {
  if (upgrade.version >= 13) return [node]
  const axis = intOf(node, 'axis', 1)
  const last = { axis: { kind: 'int', value: -1 } } as const
  if (axis === -1) return [{ ...node, attributes: last }]
  const [x = '', y = ''] = [node.inputs[0], node.outputs[0]]
  const [flat, result, shape] = ['flat', 'result', 'shape'].map((part) => upgrade.name(`${y}/${part}`)) as [
    string,
    string,
    string,
  ]
  const part = (opType: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => {
    return { name: output === y ? node.name : output, opType, domain: '', inputs, outputs: [output], attributes }
  }
  return [
    part('Flatten', [x], flat, { axis: { kind: 'int', value: axis } }),
    part(node.opType, [flat], result, last),
    part('Shape', [x], shape),
    part('Reshape', [result, shape], y),
  ]
}

const reduction = toInput(18, 'axes', 1)

const upgraders: Readonly<Partial<Record<StandardOperator, Upgrader>>> = {
  Clip: inOrder(toInput(11, 'min', 1, 'float'), toInput(11, 'max', 2, 'float')),
  // The ratio only says what training would have dropped.
  Dropout: (node, { version }) => [version >= 12 ? node : { ...node, attributes: without(node.attributes, 'ratio') }],
  Hardmax: softmax,
  LogSoftmax: softmax,
  Pad: inOrder(toInput(11, 'pads', 1), toInput(11, 'value', 2, 'float')),
  ReduceL1: reduction,
  ReduceL2: reduction,
  ReduceLogSum: reduction,
  ReduceLogSumExp: reduction,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSum: toInput(13, 'axes', 1),
  ReduceSumSquare: reduction,
  // Version 11 put the region of interest between.
  Resize: (node, { version }) => {
    if (version >= 11) return [node]
    const [x = '', scales = ''] = node.inputs
    const attributes = {
      ...node.attributes,
      coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' },
      nearest_mode: { kind: 'string', value: 'floor' },
    } as const
    return [{ ...node, inputs: [x, '', scales], attributes }]
  },
  Scatter: (node) => [{ ...node, opType: 'ScatterElements' }],
  Slice: inOrder(toInput(10, 'starts', 1), toInput(10, 'ends', 2), toInput(10, 'axes', 3)),
  Softmax: softmax,
  Split: (node, upgrade) => {
    const [split = node] = toInput(13, 'split', 1)(node, upgrade)
    const equal = split.inputs[1] === undefined || split.inputs[1] === ''
    if (!equal) return [split]
    return [{ ...split, attributes: { ...split.attributes, num_outputs: { kind: 'int', value: node.outputs.length } } }]
  },
  Squeeze: toInput(13, 'axes', 1),
  TopK: toInput(10, 'k', 1, 'int'),
  Unsqueeze: toInput(13, 'axes', 1),
  Upsample: (node, upgrade) => {
    const mode = node.attributes['mode'] ?? ({ kind: 'string', value: 'nearest' } as const)
    const scales = node.attributes['scales']
    const given =
      node.inputs[1] ??
      (scales?.kind === 'floats' ? upgrade.constant(node, 'scales', float32([scales.value.length], scales.value)) : '')
    const attributes = {
      mode,
      coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' },
      nearest_mode: { kind: 'string', value: 'floor' },
    } as const
    return [{ ...node, opType: 'Resize', inputs: [node.inputs[0] ?? '', '', given], attributes }]
  },
}

/** One graph on its way to the later version. */
class Upgrade {
  readonly #constants = new Map<string, Tensor>()

  constructor(
    readonly version: number,
    readonly used: Set<string>,
  ) {}

  apply(graph: Graph): Graph {
    const nodes = graph.nodes.flatMap((node) => {
      const upgrader = node.domain === '' ? upgraders[node.opType as StandardOperator] : undefined
      return (upgrader ? upgrader(node, this) : [node]).map((one) => this.#inside(one))
    })
    return graph.with({ nodes, initializers: new Map([...graph.initializers, ...this.#constants]) })
  }

  name(wanted: string): string {
    return unusedName(wanted, this.used)
  }

  constant(node: Node, attribute: string, tensor: Tensor): string {
    const name = this.name(`${node.outputs[0]}/${attribute}`)
    this.#constants.set(name, tensor)
    return name
  }

  /** The version counts for nested graphs as well. */
  #inside(node: Node): Node {
    const entries = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => {
      if (attribute.kind !== 'graph') return [name, attribute]
      return [name, { kind: 'graph', value: new Upgrade(this.version, this.used).apply(attribute.value) }]
    })
    return { ...node, attributes: Object.fromEntries(entries) }
  }
}
