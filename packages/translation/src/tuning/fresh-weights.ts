import type { Graph, Tensor } from '@headstart/onnx'
import { freshWeights } from '@headstart/core/kit'
import type { TranslationNetworks } from '../contract.js'
import { trainingGraph } from './training-graph.js'
import { writeWeights } from './write-weights.js'

/** The same networks with fresh weights, those that are shared the same in all their places: what a training from scratch begins with. */
export function freshNetworks(networks: TranslationNetworks, seed: number): Map<string, Graph> {
  const { graph } = trainingGraph(networks, 'all', 0)
  const fresh = freshWeights({ graph, stages: [] }, seed).graph
  const changed = [...graph.initializers].flatMap(([name, before]) => {
    const after = fresh.initializers.get(name) as Tensor
    return after === before ? [] : [{ name, before, after }]
  })
  return writeWeights(networks.files, changed)
}
