import { TrainingOptionError } from '../errors.js'
import type { Graph, ValueInfo } from './graph.js'

/**
 * The same graph with some weights as inputs of their names, after its own: a session of it takes new weights at each
 * run.
 * @throws TrainingOptionError for a weight that the graph does not have.
 */
export function weightsAsInputs(graph: Graph, names: readonly string[]): Graph {
  const initializers = new Map(graph.initializers)
  const inputs = names.map((name): ValueInfo => {
    const weight = initializers.get(name)
    if (!weight) {
      throw new TrainingOptionError('weightsAsInputs', 'names', `weights of graph "${graph.name}"`, `"${name}"`)
    }
    initializers.delete(name)
    return { name, type: weight.type, dims: weight.dims }
  })
  return graph.with({ inputs: [...graph.inputs, ...inputs], initializers })
}
