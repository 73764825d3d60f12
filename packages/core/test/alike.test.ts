import '@headstart/onnx/test'
import { expect, it } from 'vitest'
import type { Backbone } from '../src/contract/backbone.js'
import { dataset } from '../src/data/dataset.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { allAlike } from '../src/features/alike.js'

it.each([
  [[1, -2, 1, -2], true],
  [[1, -2, 1.00001, -2], true],
  [[1, -2, 1, -2.1], false],
  [[0, 0, 0, 0], true],
  [[0, 0, 0, 1e-9], false],
])('tells whether rows %j are alike: %s', (numbers, expected) => {
  expect(allAlike({ rows: 2, columns: 2, data: Float32Array.from(numbers) })).toBe(expected)
  expect(allAlike({ rows: 1, columns: 4, data: Float32Array.from(numbers) })).toBe(false)
})

it('says it where a network sees no difference between examples', async () => {
  const blind: Backbone<string> = {
    id: 'blind',
    modality: 'text',
    featureSize: 2,
    fingerprint: '1',
    contentKey: (text) => text,
    embed: async (texts) => ({ rows: texts.length, columns: 2, data: new Float32Array(texts.length * 2).fill(0.5) }),
  }
  const data = dataset(['a', 'b', 'c', 'd'].map((input, place) => ({ input, label: ['x', 'y'][place % 2] as string })))
  const said: string[] = []
  await fineTune(blind, data, { cache: false, onEvent: (event) => event.type === 'notice' && said.push(event.message) })
  expect(said).toContainEqual(
    expect.stringMatching(/^data set "examples": the features of all 4 examples are alike: "blind" sees no difference/),
  )
})
