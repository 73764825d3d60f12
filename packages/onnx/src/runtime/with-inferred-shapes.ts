import type { Graph } from '../graph/graph.js'
import { inferredValues } from './infer-shapes.js'
import { weightsAsInputs } from '../graph/weights-as-inputs.js'

/**
 * The same graph with what onnxruntime infers of the shapes that it reads off its values (`Shape`), and of some more, in
 * `valueInfo` (or in `outputs`, where the graph does not say): `cut` then knows them.
 * @throws SessionError when onnxruntime does not take the graph.
 */
export async function withInferredShapes(graph: Graph, names: readonly string[] = []): Promise<Graph> {
  const read = graph.nodes.flatMap(({ opType, inputs }) => (opType === 'Shape' ? inputs : []))
  if (read.length + names.length === 0) return graph
  const wanted = new Set([...read, ...names])
  // Of large weights only the shape counts; onnxruntime need not copy them.
  const large = [...graph.initializers].flatMap(([name, { data }]) => (data.length > 1024 ? [name] : []))
  const bare = weightsAsInputs(graph, large).with({
    outputs: graph.outputs.map(({ name }) => ({ name })),
    valueInfo: new Map(),
  })
  const inferred = [...(await inferredValues(bare))].filter(
    ([name, { type }]) => wanted.has(name) && type !== undefined,
  )
  const infos = new Map(inferred)
  const outputs = graph.outputs.map((output) =>
    output.type && output.dims ? output : (infos.get(output.name) ?? output),
  )
  for (const { name } of outputs) infos.delete(name)
  return graph.with({ outputs, valueInfo: new Map([...graph.valueInfo, ...infos]) })
}
