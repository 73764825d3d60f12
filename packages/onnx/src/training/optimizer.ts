import { TrainingStateError } from '../errors.js'
import { float32, tensor, type Tensors } from '../graph/tensor.js'

/** A weight under training. */
export interface Parameter {
  readonly name: string
  /** Changed in place by each step. */
  readonly data: Float32Array
  /** Learning rate where the schedule's factor is 1. */
  readonly learningRate: number
  /** Strength of the pull towards 0; each optimizer says how it is meant. */
  readonly weightDecay: number
}

/**
 * Turns gradients into steps. Nothing is allocated per step, and the same gradients in the same order give the same
 * bits.
 */
export interface Optimizer {
  /**
   * One step down the gradients.
   * @param gradients One for each parameter, in their order; undefined leaves a parameter and its state untouched.
   * @param factor Multiplies every learning rate: the schedule.
   * @param scale Multiplies every gradient: clipping.
   */
  step(gradients: readonly (Float32Array | undefined)[], factor: number, scale: number): void
  /** A copy of all that the next steps depend on besides the parameters, by name. */
  state(): Tensors
  /**
   * Puts back what `state` gave for the same parameters.
   * @throws TrainingStateError for a state of other parameters or another optimizer.
   */
  restore(state: Tensors): void
}

/** Makes an optimizer of its kind over some parameters. */
export type OptimizerFactory = (parameters: readonly Parameter[]) => Optimizer

/** What an update of one parameter is computed from. */
export interface Update extends Parameter {
  /** What the optimizer remembers of the parameter, of its size each; changed in place. */
  readonly memory: readonly Float32Array[]
  gradient: Float32Array
  /** Number of this update of the parameter, from 1 on. */
  step: number
  factor: number
  scale: number
}

/** An optimizer by what it remembers of each parameter, zeros at first, and by how it updates one. */
export function optimizer(remembered: readonly string[], update: (update: Update) => void): OptimizerFactory {
  return (parameters) => {
    const updates = parameters.map((parameter): Update => {
      const memory = remembered.map(() => new Float32Array(parameter.data.length))
      return { ...parameter, memory, gradient: parameter.data, step: 0, factor: 1, scale: 1 }
    })
    const memories = updates.flatMap(({ name, memory }) =>
      memory.map((data, place) => [`${name}/${remembered[place]}`, data] as const),
    )
    return {
      step(gradients, factor, scale) {
        for (let index = 0; index < updates.length; index++) {
          const [one, gradient] = [updates[index] as Update, gradients[index]]
          if (!gradient) continue
          one.gradient = gradient
          one.step++
          one.factor = factor
          one.scale = scale
          update(one)
        }
      },
      state: () => ({
        steps: tensor(
          'int32',
          [updates.length],
          Int32Array.from(updates, ({ step }) => step),
        ),
        ...Object.fromEntries(memories.map(([name, data]) => [name, float32([data.length], data.slice())])),
      }),
      restore(state) {
        const steps = part(state, 'steps', updates.length)
        for (const [name, data] of memories) data.set(part(state, name, data.length))
        updates.forEach((one, index) => (one.step = steps[index] as number))
      },
    }
  }
}

/**
 * One tensor of a saved state, of as many elements as it must have.
 * @throws TrainingStateError where it is missing or has another size.
 */
export function part(state: Tensors, name: string, size: number): ArrayLike<number> {
  const data = state[name]?.data
  if (data?.length === size) return data as Float32Array
  throw new TrainingStateError(name, `${size} numbers`, data ? `${data.length}` : 'nothing')
}
