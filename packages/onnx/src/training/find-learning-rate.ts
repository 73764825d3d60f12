import { DivergedError, TrainingOptionError } from '../errors.js'
import type { Tensors } from '../graph/tensor.js'
import type { Trainer } from './trainer.js'

/** Options of `findLearningRate`. */
export interface LearningRateSearch {
  /** Smallest factor of the trainer's learning rates. Default 1e-4. */
  readonly from?: number
  /** Largest. Default 1e3. */
  readonly to?: number
  /** Steps from one to the other; batches are taken again from the first where there are fewer. Default 100. */
  readonly steps?: number
  readonly signal?: AbortSignal | undefined
}

/** How the loss went while the learning rate rose. */
export interface LearningRateCurve {
  /** Factors of the trainer's learning rates. */
  readonly factors: readonly number[]
  /** Smoothed loss of the batch at each of them. */
  readonly losses: readonly number[]
  /** A tenth of the factor at which the loss was lowest: still well before it rises. */
  readonly suggestion: number
}

/** How much of the smoothed loss is kept at a step, and at how many times the smallest one the search ends. */
const smoothing = 0.9
const exploded = 4

/**
 * Learning-rate range test (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3; fastai's
 * `lr_find`): the learning rate rises exponentially from batch to batch until the loss explodes. The trainer is
 * afterwards as it was before.
 * @throws TrainingOptionError for numbers out of range.
 */
export async function findLearningRate(
  trainer: Trainer,
  batches: readonly Tensors[],
  { from = 1e-4, to = 1e3, steps = 100, signal }: LearningRateSearch = {},
): Promise<LearningRateCurve> {
  const who = 'findLearningRate'
  if (batches.length === 0) throw new TrainingOptionError(who, 'batches', 'at least one batch', 'none')
  if (!(from > 0 && from < to && to < Infinity)) {
    throw new TrainingOptionError(who, 'from, to', 'two numbers above 0, the smaller first', `${from}, ${to}`)
  }
  if (!(Number.isInteger(steps) && steps >= 2)) {
    throw new TrainingOptionError(who, 'steps', 'a whole number from 2 on', String(steps))
  }
  const before = trainer.state()
  const factors: number[] = []
  const losses: number[] = []
  try {
    for (let step = 0, mean = 0; step < steps; step++) {
      signal?.throwIfAborted()
      const factor = from * (to / from) ** (step / (steps - 1))
      const { loss } = await trainer.step(batches[step % batches.length] as Tensors, factor)
      mean = smoothing * mean + (1 - smoothing) * loss
      const smoothed = mean / (1 - smoothing ** (step + 1))
      if (smoothed > exploded * Math.min(...losses)) break
      factors.push(factor)
      losses.push(smoothed)
    }
  } catch (error) {
    // An exploding loss is what is looked for.
    if (!(error instanceof DivergedError) || factors.length === 0) throw error
  } finally {
    trainer.restore(before)
  }
  const lowest = losses.indexOf(Math.min(...losses))
  return { factors, losses, suggestion: (factors[lowest] as number) / 10 }
}
