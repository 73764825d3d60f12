import type { Dimension, Graph } from '../graph/graph.js'
import { withInferredShapes } from '../runtime/with-inferred-shapes.js'
import { findStages, type FoundStage } from './find-stages.js'

/** A network that can be cut into stages. */
export interface StagedGraph {
  /** With the shapes that `cut` needs in `valueInfo`. */
  readonly graph: Graph
  /** Input to output; each ends in a value with one row for each example. */
  readonly stages: readonly FoundStage[]
}

/**
 * A network made ready to be cut between its stages (see `findStages`), each of which ends in a value `[batch, ...]`. Where
 * the examples are known to lie along another axis (some exporters put tokens first) stages are joined: what is computed
 * for one example could not be told from the others.
 * @param output The value that the last stage ends at. Default: the graph's first output.
 * @throws GraphEditError for a value that the graph does not have; SessionError when onnxruntime does not take the graph.
 */
export async function withStages(graph: Graph, output = graph.outputs[0]?.name ?? ''): Promise<StagedGraph> {
  const found = findStages(graph, output)
  const known = await withInferredShapes(
    graph,
    found.map((stage) => stage.output),
  )
  const batch = new Set<Dimension | undefined>(graph.inputs.map(({ dims }) => dims?.[0]))
  const others = new Set<Dimension | undefined>(graph.inputs.flatMap(({ dims }) => dims?.slice(1) ?? []))
  const hasRows = ({ output: end }: FoundStage): boolean => {
    const first = known.valueInfo.get(end)?.dims?.[0]
    if (end === output || first === undefined || first === '' || batch.has(first)) return true
    return typeof first === 'string' && !others.has(first)
  }
  const stages: FoundStage[] = []
  let open: FoundStage | undefined
  for (const stage of found) {
    const joined: FoundStage = open
      ? { name: `${open.name} to ${stage.name}`, output: stage.output, parameters: open.parameters + stage.parameters }
      : stage
    if (hasRows(stage)) {
      stages.push(joined)
      open = undefined
    } else open = open ? { ...joined, name: open.name } : stage
  }
  return { graph: known, stages }
}
