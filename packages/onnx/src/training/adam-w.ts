import { optimizer, type OptimizerFactory } from './optimizer.js'

/** Options of `adamW`. */
export interface AdamWOptions {
  /** How much of the mean of the gradients is kept at a step, from 0 to below 1. Default 0.9. */
  readonly beta1?: number
  /** The same for the mean of their squares. Default 0.999. */
  readonly beta2?: number
  /** Added to the root of that mean. Default 1e-8. */
  readonly epsilon?: number
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2),
 * in the conventions of PyTorch's `AdamW`: the decay is multiplied by the learning rate, and epsilon is added after the
 * correction of the bias.
 *
 *     p ← (1 - lr · decay) p - lr · m̂ / (√v̂ + ε)    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)
 */
export function adamW({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamWOptions = {}): OptimizerFactory {
  return optimizer(['mean', 'square'], ({ data, gradient, memory, step, learningRate, weightDecay, factor, scale }) => {
    const [mean, square] = memory as [Float32Array, Float32Array]
    const root = Math.sqrt(1 - beta2 ** step)
    const rate = learningRate * factor
    const keep = 1 - rate * weightDecay
    // m̂ / (√v̂ + ε) = (root / (1 - β₁ᵗ)) m / (√v + root ε): one division for each weight.
    const stepSize = (rate * root) / (1 - beta1 ** step)
    const floor = epsilon * root
    const [gain, squareGain] = [(1 - beta1) * scale, (1 - beta2) * scale * scale]
    for (let i = 0; i < data.length; i++) {
      const g = gradient[i] as number
      const m = beta1 * (mean[i] as number) + gain * g
      const v = beta2 * (square[i] as number) + squareGain * g * g
      mean[i] = m
      square[i] = v
      data[i] = keep * (data[i] as number) - (stepSize * m) / (Math.sqrt(v) + floor)
    }
  })
}
