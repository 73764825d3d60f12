import { Session } from '@headstart/onnx'
import type { Backbone, TunableBackbone } from '../contract/backbone.js'
import { type CutExample, type CutTensors, neverAlone } from './cut-tensors.js'
import { InputError } from '../contract/errors.js'
import { rowOf, zeroMatrix } from '../contract/matrix.js'
import type { SplitNetwork } from './split-network.js'

/** Examples that run through the tuned part together. */
const batchSize = 64

/**
 * The same backbone, whose features are computed by way of the tensors at the cut, which are there afterwards: the
 * frozen part runs once per example for both.
 */
export function cutBackbone<Input>(
  backbone: TunableBackbone<Input>,
  { tuned }: SplitNetwork,
  cut: CutTensors<Input>,
): Backbone<Input> {
  const { id, modality, featureSize, fingerprint } = backbone
  const output = tuned.outputs[0]?.name ?? ''
  return {
    id,
    modality,
    featureSize,
    fingerprint,
    contentKey: (input) => backbone.contentKey(input),
    takes: backbone.takes,
    takeNotices: () => backbone.takeNotices?.() ?? [],
    review: (input) => backbone.review?.(input),
    async embed(inputs, { signal, onProgress, onUnreadable } = {}) {
      const features = zeroMatrix(inputs.length, featureSize)
      const byCost = new Map<number, { index: number; example: CutExample<Input> }[]>()
      const examples = await cut.read(inputs, { signal, onProgress })
      for (const [index, example] of examples.entries()) {
        if (example instanceof InputError) {
          if (!onUnreadable) throw example
          onUnreadable(index, example)
          continue
        }
        const alike = byCost.get(example.cost)
        if (alike) alike.push({ index, example })
        else byCost.set(example.cost, [{ index, example }])
      }
      const session = await Session.create(tuned, { device: backbone.devices, guarded: true })
      try {
        for (const alike of byCost.values()) {
          for (let first = 0; first < alike.length; first += batchSize) {
            signal?.throwIfAborted()
            const batch = alike.slice(first, first + batchSize)
            const feeds = await cut.batch(neverAlone(batch.map(({ example }) => example)))
            const result = (await session.run(feeds))[output]
            const matrix = { rows: batch.length, columns: featureSize, data: result?.data as Float32Array }
            batch.forEach(({ index }, row) => rowOf(features, index).set(rowOf(matrix, row)))
          }
        }
      } finally {
        await session.close()
      }
      return features
    },
  }
}
