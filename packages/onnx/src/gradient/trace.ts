import { type Dimension, type Graph, type Node, type ValueInfo, valuesRead } from '../graph/graph.js'
import { inferredValues } from '../runtime/infer-shapes.js'
import { shapeNode } from '../graph/shape-node.js'
import { unusedName, usedNames } from '../graph/rename.js'
import type { Runtime } from '../runtime/runtime.js'
import { Session } from '../runtime/session.js'
import { extract } from '../graph/subgraph.js'
import { int64, sizeOf, type Tensor, tensorOf, type Tensors } from '../graph/tensor.js'
import { intOf } from '../graph/attributes.js'
import type { Dims } from '../operators/shapes.js'
import { entryOf } from '../operators/table.js'
import type { TypedValue } from '../operators/tensor-ops.js'

/** Tensors of whole numbers up to this size are noted: shapes, axes, pads, not token ids. */
const smallSize = 1024

/**
 * Type and shape of values for given feeds, and the elements of small tensors of whole numbers that depend on shapes
 * alone. What onnxruntime infers when it loads the graph is taken from there; only the rest is run.
 */
export async function trace(
  graph: Graph,
  feeds: Tensors,
  names: readonly string[],
  runtime?: Runtime,
): Promise<Map<string, TypedValue>> {
  const traced = new Map<string, TypedValue>()
  const fixed = valuesOfShapes(graph)
  const note = (name: string, { type, dims, data }: Tensor): void => {
    const values = isWhole(type) && data.length <= smallSize && fixed.has(name)
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
  const concrete = withShapes(graph, feeds)
  const part = extract(concrete, [], unknown)
  const inferred = await inferredValues(part, runtime)
  const shapes = new Map(
    [...inferred, ...traced].flatMap(([name, { dims }]) => (isKnown(dims) ? [[name, dims] as const] : [])),
  )
  const open: ValueInfo[] = []
  for (const name of unknown) {
    const [type, dims] = [inferred.get(name)?.type, shapes.get(name)]
    if (type === undefined) continue
    const isWanted = isWhole(type) && fixed.has(name) && (!dims || sizeOf(dims) <= smallSize)
    if (dims && !isWanted) traced.set(name, { name, type, dims })
    else open.push({ name, type })
  }
  for (const [name, tensor] of await valuesOf(concrete, open, shapes, feeds, runtime)) {
    const type = inferred.get(name)?.type
    if (type === undefined || isWhole(type)) note(name, tensor)
    else traced.set(name, { name, type, dims: Array.from(tensor.data as BigInt64Array, Number) })
  }
  return traced
}

function isWhole(type: string): boolean {
  return type === 'int64' || type === 'int32'
}

function isKnown(dims: readonly Dimension[] | undefined): dims is Dims {
  return dims !== undefined && dims.every((dim) => typeof dim === 'number' && dim >= 0)
}

/** The graph with inputs of the feeds' shapes, and without what a file says of shapes inside. */
function withShapes(graph: Graph, feeds: Tensors): Graph {
  const inputs = graph.inputs.map((input): ValueInfo => ({
    ...input,
    dims: tensorOf(feeds, input.name)?.dims ?? input.dims,
  }))
  return graph.with({ inputs, outputs: graph.outputs.map(({ name }) => ({ name })), valueInfo: new Map() })
}

/** Whole numbers themselves, and the shapes of other values. */
async function valuesOf(
  graph: Graph,
  open: readonly ValueInfo[],
  shapes: ReadonlyMap<string, Dims>,
  feeds: Tensors,
  runtime: Runtime | undefined,
): Promise<[string, Tensor][]> {
  if (open.length === 0) return []
  const used = usedNames(graph)
  const known = new Map<string, Tensor>()
  // Where a shape is known, what was computed from it need not run.
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const [input = '', output = ''] = [node.inputs[0], node.outputs[0]]
    const dims = node.opType === 'Shape' && node.domain === '' ? shapes.get(input) : undefined
    if (!dims) return [node]
    const part = dims.slice(intOf(node, 'start', 0), intOf(node, 'end', dims.length))
    known.set(output, int64([part.length], part))
    return []
  })
  const names = new Map<string, string>()
  for (const { name, type } of open) {
    const isShape = !isWhole(type ?? '')
    const output = isShape ? unusedName(`${name}/shape`, used) : name
    names.set(output, name)
    if (isShape) nodes.push(shapeNode(name, output))
  }
  const whole = graph.with({ nodes, initializers: new Map([...graph.initializers, ...known]) })
  const part = extract(whole, [], [...names.keys()])
  const session = await Session.create(part, { optimization: 'disabled', ...(runtime && { runtime }) })
  try {
    const results = await session.run(Object.fromEntries(part.inputs.map(({ name }) => [name, feeds[name] as Tensor])))
    return [...names].map(([output, name]) => [name, results[output] as Tensor])
  } finally {
    await session.close()
  }
}

/** Values that depend on weights and shapes, and not on what is put in. */
function valuesOfShapes(graph: Graph): Set<string> {
  const fixed = new Set(graph.initializers.keys())
  for (const node of graph.nodes) {
    if (entryOf(node)?.data === 'shape' || valuesRead(node).every((name) => fixed.has(name)))
      for (const name of node.outputs) fixed.add(name)
  }
  return fixed
}
