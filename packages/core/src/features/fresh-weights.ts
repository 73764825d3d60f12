import { float32, type Tensor, type WeightRole } from '@headstart/onnx'
import { weightRoles } from '@headstart/onnx/kit'
import type { Network } from '../contract/backbone.js'
import { random } from '../kit/random.js'

/**
 * The same architecture with fresh weights, as for a training from scratch. Kernels before a rectifier are drawn as He
 * et al. ("Delving Deep into Rectifiers", 2015, equation 10) have it, N(0, 2 / fan-in), other kernels as Glorot and
 * Bengio ("Understanding the difficulty of training deep feedforward neural networks", 2010, equation 16), uniform
 * within ±√(6 / (fan-in + fan-out)); embeddings N(0, 0.02²) as in BERT. Scales are 1, biases 0, slopes 0.25, running
 * means 0 and variances 1. Constants stay.
 */
export function freshWeights({ graph, stages }: Network, seed = 0): Network {
  const { normal, uniform } = random(seed)
  const draw: { [Kind in WeightRole['kind']]: (role: Extract<WeightRole, { kind: Kind }>) => number } = {
    kernel: ({ fanIn, fanOut, rectified }) =>
      rectified ? Math.sqrt(2 / fanIn) * normal() : Math.sqrt(6 / (fanIn + fanOut)) * (2 * uniform() - 1),
    embedding: () => 0.02 * normal(),
    scale: () => 1,
    bias: () => 0,
    slope: () => 0.25,
    mean: () => 0,
    variance: () => 1,
  }
  const initializers = new Map<string, Tensor>(graph.initializers)
  for (const [name, role] of weightRoles(graph)) {
    const { dims, data } = graph.initializers.get(name) as Tensor
    const one = draw[role.kind] as (role: WeightRole) => number
    const drawn = new Float32Array(data.length)
    for (let i = 0; i < drawn.length; i++) drawn[i] = one(role)
    initializers.set(name, float32(dims, drawn))
  }
  return { graph: graph.with({ initializers }), stages }
}
