import type { Graph, ValueInfo } from '../graph/graph.js'
import { unusedName, usedNames } from '../graph/rename.js'
import type { Runtime } from './runtime.js'
import { Session } from './session.js'
import { shapeNode } from '../graph/shape-node.js'

/** What onnxruntime infers of every value when it loads a graph, without running it. A dimension may be a symbol of the graph's inputs. */
export async function inferredValues(graph: Graph, runtime?: Runtime): Promise<Map<string, ValueInfo>> {
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''))
  const inferred = await inferredOutputs(graph, values, runtime)
  // The shape of a scalar has no elements; of any other value it has some, and they may not be known.
  const perhaps = inferred.filter(({ type, dims }) => type !== undefined && dims === undefined)
  const used = usedNames(graph)
  const scalars = new Map(perhaps.map(({ name }) => [unusedName(`${name}/shape`, used), name]))
  const probes = [...scalars].map(([shape, name]) => shapeNode(name, shape))
  const shapes = await inferredOutputs(graph.with({ nodes: [...graph.nodes, ...probes] }), [...scalars.keys()], runtime)
  const isScalar = new Set(shapes.flatMap(({ name, dims }) => (dims?.[0] === 0 ? [scalars.get(name)] : [])))
  return new Map(inferred.map((value) => [value.name, isScalar.has(value.name) ? { ...value, dims: [] } : value]))
}

async function inferredOutputs(
  graph: Graph,
  names: readonly string[],
  runtime: Runtime | undefined,
): Promise<readonly ValueInfo[]> {
  if (names.length === 0) return []
  const session = await Session.create(graph.with({ outputs: names.map((name) => ({ name })) }), {
    optimization: 'disabled',
    // It never runs: threads would be made and thrown away.
    threads: 1,
    ...(runtime && { runtime }),
  })
  await session.close()
  return session.outputs
}
