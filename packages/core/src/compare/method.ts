import { type Backbone, isTunable } from '../contract/backbone.js'
import type { TuningOptions } from '../fine-tune/fine-tune-options.js'
import { freshWeights } from '../features/fresh-weights.js'

/**
 * 'no-transfer': features learned from the training examples alone; 'scratch': the architecture of a pre-trained backbone
 * with fresh weights; 'frozen': a pre-trained backbone; 'fine-tuned': one of which stages are tuned.
 */
export type MethodName = 'no-transfer' | 'scratch' | 'frozen' | 'fine-tuned'

/** One way of getting a model, to be compared with others on the same examples. */
export interface Method<Input> {
  readonly name: MethodName
  /** What it is, for people. */
  readonly description: string
  /** How its last stages are tuned. Default: not at all. */
  readonly tuning?: TuningOptions
  /** Draws that it is measured on at most, where each takes long. Default: as many as the others. */
  readonly draws?: number
  /** The backbone to train on. One that does not depend on the examples or the seed is made once. */
  backbone(train: readonly Input[], seed?: number): Backbone<Input> | Promise<Backbone<Input>>
}

/** How a network is trained from scratch: all of it alike, and faster and longer than one that knows something. */
const scratch: TuningOptions = { unfreeze: 'all', learningRate: 1e-3, depthDecay: 1, epochs: 30, validation: 0.2 }

/** Draws of the methods that move a backbone's weights: enough for an interval, and a fraction of an hour. */
const slowDraws = 3

/**
 * The methods that show what transfer is worth: a frozen backbone, and with `tuning`, where its graph is at hand, its
 * architecture trained from scratch and the backbone tuned.
 */
export function transferMethods<Input>(backbone: Backbone<Input>, tuning?: TuningOptions): Method<Input>[] {
  const { id } = backbone
  const frozen: Method<Input> = { name: 'frozen', description: `frozen ${id}`, backbone: () => backbone }
  if (!tuning || !isTunable(backbone)) return [frozen]
  const fresh = (_: readonly Input[], seed = 0): Backbone<Input> =>
    backbone.withNetwork(freshWeights(backbone.network, seed))
  return [
    {
      name: 'scratch',
      description: `the architecture of ${id} with fresh weights`,
      tuning: scratch,
      draws: slowDraws,
      backbone: fresh,
    },
    frozen,
    { name: 'fine-tuned', description: `fine-tuned ${id}`, tuning, draws: slowDraws, backbone: () => backbone },
  ]
}
