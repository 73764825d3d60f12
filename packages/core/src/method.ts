import type { Backbone, TunableBackbone } from './backbone.js'
import type { TuningOptions } from './fine-tune-options.js'
import { freshWeights } from './fresh-weights.js'

/** One way of getting a model, to be compared with others on the same examples. */
export interface Method<Input> {
  /**
   * 'no-transfer': features learned from the training examples alone; 'scratch': the architecture of a pre-trained
   * backbone with fresh weights; 'frozen': a pre-trained backbone; 'fine-tuned': one of which stages are tuned.
   */
  readonly name: 'no-transfer' | 'scratch' | 'frozen' | 'fine-tuned'
  /** What it is, for people. */
  readonly description: string
  /** How its last stages are tuned. Default: not at all. */
  readonly tuning?: TuningOptions
  /** The backbone to train on. One that does not depend on the examples or the seed is made once. */
  backbone(train: readonly Input[], seed?: number): Backbone<Input> | Promise<Backbone<Input>>
}

/** How a network is trained from scratch: all of it alike, and faster and longer than one that knows something. */
const scratch: TuningOptions = { unfreeze: 'all', learningRate: 1e-3, depthDecay: 1, epochs: 30 }

/**
 * The methods that show what transfer is worth with a backbone whose graph is at hand: its architecture trained from
 * scratch, the backbone frozen, and tuned.
 * @param tuning Default: all stages but the first, together with the head.
 */
export function transferMethods<Input>(backbone: TunableBackbone<Input>, tuning: TuningOptions = { strategy: 'joint' }): Method<Input>[] {
  const { id, network } = backbone
  const fresh = (_: readonly Input[], seed = 0): Backbone<Input> => backbone.withNetwork(freshWeights(network, seed))
  return [
    { name: 'scratch', description: `the architecture of ${id} with fresh weights`, tuning: scratch, backbone: fresh },
    { name: 'frozen', description: `frozen ${id}`, backbone: () => backbone },
    { name: 'fine-tuned', description: `fine-tuned ${id}`, tuning, backbone: () => backbone },
  ]
}
