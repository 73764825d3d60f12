import '@headstart/onnx/test'
import { expect } from 'vitest'
import { type Backbone, isTunable } from '../contract/backbone.js'
import { rowOf } from '../contract/matrix.js'
import type { BackboneSubject, Check } from './backbone-subject.js'

/** What every `Backbone` keeps, by the sentence that says it. */
export const backboneChecks = {
  // First, for what is changed once may stay the same afterwards.
  async 'leaves its inputs as they are'({ backbone, inputs }) {
    const before = structuredClone(inputs)
    await backbone.embed(inputs)
    expect(inputs).toEqual(before)
  },

  async 'has a name, a fingerprint, a modality and a size'({ backbone }) {
    expect(backbone.id.trim(), 'id').not.toBe('')
    expect(backbone.fingerprint.trim(), 'fingerprint').not.toBe('')
    expect(backbone.modality, 'modality').toMatch(/\S/)
    expect(backbone.featureSize, 'featureSize').toBeGreaterThan(0)
    expect(Number.isInteger(backbone.featureSize), 'featureSize is a whole number').toBe(true)
  },

  async 'is the same when made again'({ backbone, again, inputs }) {
    expect(again).toMatchObject({ id: backbone.id, fingerprint: backbone.fingerprint })
    expect(await keysOf(again, inputs)).toEqual(await keysOf(backbone, inputs))
    expect(await again.embed(inputs)).toEqual(await backbone.embed(inputs))
  },

  async 'is tested as tunable where it is tunable'({ backbone, loader }) {
    expect(loader !== undefined, 'a loader of its preprocessing is given to testBackbone').toBe(isTunable(backbone))
  },

  async 'tells inputs apart by their content'({ backbone, inputs }) {
    const keys = await keysOf(backbone, inputs)
    expect(new Set(keys).size, 'content keys of different inputs').toBe(inputs.length)
    expect(await keysOf(backbone, inputs)).toEqual(keys)
  },

  async 'gives one row of finite features for each input'({ backbone, inputs }) {
    const { rows, columns, data } = await backbone.embed(inputs)
    expect([rows, columns]).toEqual([inputs.length, backbone.featureSize])
    expect(data).toHaveLength(rows * columns)
    expect(
      data.findIndex((value) => !Number.isFinite(value)),
      'place of a feature that is not finite',
    ).toBe(-1)
  },

  async 'gives no rows for no inputs'({ backbone }) {
    const { rows, columns, data } = await backbone.embed([])
    expect([rows, columns, data.length]).toEqual([0, backbone.featureSize, 0])
  },

  async 'gives the same bits for the same inputs'({ backbone, inputs }) {
    expect(await backbone.embed(inputs)).toEqual(await backbone.embed(inputs))
  },

  async 'gives an input the same features in any company'({ backbone, inputs, atol }) {
    const together = await backbone.embed(inputs)
    const reversed = await backbone.embed(inputs.toReversed())
    for (const [row, input] of inputs.entries()) {
      const { data } = await backbone.embed([input])
      expect(data, `inputs[${row}] alone`).toBeAllclose(rowOf(together, row), { atol })
      expect(rowOf(reversed, inputs.length - 1 - row), `inputs[${row}], reversed`).toBeAllclose(data, { atol })
    }
  },

  async 'gives different features to different inputs'({ backbone, inputs }) {
    const features = await backbone.embed(inputs)
    const distinct = new Set(inputs.map((_, row) => rowOf(features, row).join()))
    expect(distinct.size, 'distinct rows').toBe(inputs.length)
  },

  async 'tells how far it is'({ backbone, inputs }) {
    const done: number[] = []
    await backbone.embed(inputs, {
      onProgress: (progress) => {
        expect(progress.total).toBe(inputs.length)
        done.push(progress.done)
      },
    })
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1), 'inputs done in the end').toBe(inputs.length)
  },

  async 'stops when its signal aborts'({ backbone, inputs }) {
    const reason = new Error('enough')
    await expect(backbone.embed(inputs, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  },
} satisfies Record<string, Check<BackboneSubject>>

/** The content key of each input, as hexadecimal digits. */
export function keysOf<Input>(of: Pick<Backbone<Input>, 'contentKey'>, inputs: readonly Input[]): Promise<string[]> {
  return Promise.all(inputs.map(async (input) => Buffer.from(await of.contentKey(input)).toString('hex')))
}
