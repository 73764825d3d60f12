import { type Backbone, isTunable, type TunableBackbone } from '../contract/backbone.js'
import type { Knowing, Knowledge } from '../contract/knowledge.js'

/**
 * A backbone with more to learn from than its network: words, lists of them, names of classes. It is one backbone to all others, and
 * gives the network's features; `fineTune` lets held-out examples say which of it counts, and how much, and says it. A head that
 * gains nothing from it is the head of the network alone.
 *
 *     const encoder = withKnowledge(await transformersBackbone('Xenova/gte-small'), [words(), polarity('en'), classNames()])
 *
 * @param knowledge In the order in which it is tried. An empty list: the network alone.
 */
export function withKnowledge<Input>(
  backbone: TunableBackbone<Input>,
  knowledge: readonly Knowledge<Input>[],
): TunableBackbone<Input> & Knowing<Input>
export function withKnowledge<Input>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
): Backbone<Input> & Knowing<Input>
export function withKnowledge<Input>(
  backbone: Backbone<Input>,
  knowledge: readonly Knowledge<Input>[],
): Backbone<Input> & Knowing<Input> {
  const own: Backbone<Input> & Knowing<Input> = {
    knowledge,
    id: backbone.id,
    modality: backbone.modality,
    featureSize: backbone.featureSize,
    // It may take a while to compute.
    get fingerprint() {
      return backbone.fingerprint
    },
    takes: backbone.takes,
    contentKey: (input) => backbone.contentKey(input),
    embed: (inputs, options) => backbone.embed(inputs, options),
    takeNotices: () => backbone.takeNotices?.() ?? [],
    review: (input) => backbone.review?.(input),
    close: async () => backbone.close?.(),
  }
  if (!isTunable(backbone)) return own
  const tunable: Omit<TunableBackbone<Input>, keyof Backbone> = {
    network: backbone.network,
    preprocessing: backbone.preprocessing,
    devices: backbone.devices,
    withNetwork: (network) => withKnowledge(backbone.withNetwork(network), knowledge),
    on: (devices) => withKnowledge(backbone.on(devices), knowledge),
    [Symbol.asyncDispose]: () => backbone.close(),
  }
  return Object.assign(own, tunable)
}
