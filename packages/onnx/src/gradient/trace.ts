import { type Graph, type ValueInfo, valuesRead } from '../graph.js'
import { extract } from '../subgraph.js'
import { Session, type Tensors } from '../session.js'
import type { Tensor } from '../tensor.js'
import type { TypedValue } from './tensor-ops.js'
import { usedNames, unusedName } from '../rename.js'

/** Tensors of whole numbers up to this size are noted: shapes, axes, pads, not token ids. */
const smallSize = 1024

/**
 * Runs a graph once and notes type and shape of values, and the elements of small tensors of whole numbers that depend
 * on shapes alone.
 */
export async function trace(graph: Graph, feeds: Tensors, names: readonly string[]): Promise<Map<string, TypedValue>> {
  const traced = new Map<string, TypedValue>()
  const fixed = valuesOfShapes(graph)
  const note = (name: string, { type, dims, data }: Tensor): void => {
    const whole = type === 'int64' || type === 'int32'
    const values = whole && data.length <= smallSize && fixed.has(name)
    const constant = data.length === 1 && graph.initializers.has(name) && type !== 'string'
    traced.set(name, {
      name,
      type,
      dims,
      ...(values && { values: Array.from(data as ArrayLike<number | bigint>, Number) }),
      ...(constant && { constant: Number(data[0]) }),
    })
  }
  for (const [name, tensor] of [...Object.entries(feeds), ...graph.initializers]) note(name, tensor)

  const unknown = names.filter((name) => !traced.has(name))
  if (unknown.length === 0) return traced
  // A first session says the types, since only a tensor has a shape to ask for.
  const part = extract(graph, [], unknown)
  const untyped = part.with({ outputs: unknown.map((name): ValueInfo => ({ name })) })
  const types = await outputTypes(untyped)
  const used = usedNames(graph)
  const shapes = new Map<string, string>()
  const nodes = [...part.nodes]
  const outputs: ValueInfo[] = []
  for (const { name, type } of types) {
    if (type === undefined) continue
    if (type === 'int64' || type === 'int32') {
      outputs.push({ name, type })
      continue
    }
    const shape = unusedName(`${name}/shape`, used)
    shapes.set(shape, name)
    nodes.push({ name: shape, opType: 'Shape', domain: '', inputs: [name], outputs: [shape], attributes: {} })
    outputs.push({ name: shape, type: 'int64' })
  }
  const session = await Session.create(part.with({ nodes, outputs }), { optimisation: 'disabled' })
  try {
    const needed = new Set(part.inputs.map(({ name }) => name))
    const results = await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name))))
    const typeOf = new Map(types.map(({ name, type }) => [name, type]))
    for (const [output, tensor] of Object.entries(results)) {
      const name = shapes.get(output)
      const type = name === undefined ? undefined : typeOf.get(name)
      if (name === undefined || type === undefined) note(output, tensor)
      else traced.set(name, { name, type, dims: Array.from(tensor.data as BigInt64Array, Number) })
    }
  } finally {
    await session.close()
  }
  return traced
}

async function outputTypes(graph: Graph): Promise<readonly ValueInfo[]> {
  const session = await Session.create(graph, { optimisation: 'disabled' })
  try {
    return session.outputs
  } finally {
    await session.close()
  }
}

/** Values that depend on weights and shapes, and not on what is put in. */
function valuesOfShapes(graph: Graph): Set<string> {
  const fixed = new Set(graph.initializers.keys())
  for (const node of graph.nodes) {
    const shape = node.opType === 'Shape' || node.opType === 'Size'
    if (shape || valuesRead(node).every((name) => fixed.has(name))) for (const name of node.outputs) fixed.add(name)
  }
  return fixed
}
