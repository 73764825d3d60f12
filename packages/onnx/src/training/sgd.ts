import { optimizer, type OptimizerFactory } from './optimizer.js'

/** Options of `sgd`. */
export interface SgdOptions {
  /** How much of the velocity is kept at a step, from 0 to below 1. Default 0.9. */
  readonly momentum?: number
  /** Nesterov's momentum: the gradient counts once more, ahead of the velocity. Default false. */
  readonly nesterov?: boolean
}

/**
 * Stochastic gradient descent with momentum (Sutskever et al., "On the importance of initialization and momentum in
 * deep learning", 2013), in the conventions of PyTorch's `SGD`: the decay is added to the gradient, and the learning
 * rate multiplies the whole velocity.
 *
 *     v ← momentum · v + g,    p ← p - lr · v   (Nesterov: p ← p - lr · (g + momentum · v))    with g = gradient + decay · p
 */
export function sgd({ momentum = 0.9, nesterov = false }: SgdOptions = {}): OptimizerFactory {
  return optimizer(['velocity'], ({ data, gradient, memory, learningRate, weightDecay, factor, scale }) => {
    const [velocity] = memory as [Float32Array]
    const rate = learningRate * factor
    for (let i = 0; i < data.length; i++) {
      const p = data[i] as number
      const g = (gradient[i] as number) * scale + weightDecay * p
      const v = momentum * (velocity[i] as number) + g
      velocity[i] = v
      data[i] = p - rate * (nesterov ? g + momentum * v : v)
    }
  })
}
