import type { Tensor } from '@headstart/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { TfjsFormatError } from '../src/errors.js'
import type { WeightSpec } from '../src/model-json.js'
import { decodeWeights } from '../src/weights.js'
import { fromTensorflow, useBackend } from './original.js'
import { randomTensor } from './random-tensor.js'

beforeAll(() => useBackend('cpu'))

const bytes = (count: number, seed = 1): Uint8Array =>
  Uint8Array.from(randomTensor([count], seed, 0, 256).data, Math.floor)
const bytesOf = (numbers: Float32Array | Int32Array): Uint8Array => new Uint8Array(numbers.buffer)

/** What TensorFlow.js reads. */
async function theirs(specs: readonly WeightSpec[], stored: Uint8Array): Promise<[string, Tensor][]> {
  const weights = tf.io.decodeWeights(new Uint8Array(stored).buffer, specs as tf.io.WeightsManifestEntry[])
  return Object.entries(weights).map(([name, weight]) => [name, fromTensorflow(weight)])
}

const cases: readonly { what: string; specs: WeightSpec[]; stored: Uint8Array }[] = [
  {
    what: 'float32',
    specs: [{ name: 'a', shape: [2, 3], dtype: 'float32' }],
    stored: bytesOf(Float32Array.of(1, -2, 3, 0.5, 1e-9, 7)),
  },
  {
    what: 'int32',
    specs: [{ name: 'a', shape: [3], dtype: 'int32' }],
    stored: bytesOf(Int32Array.of(1, -2, 2 ** 31 - 1)),
  },
  { what: 'bool', specs: [{ name: 'a', shape: [4], dtype: 'bool' }], stored: Uint8Array.of(1, 0, 0, 1) },
  { what: 'a scalar', specs: [{ name: 'a', shape: [], dtype: 'float32' }], stored: bytesOf(Float32Array.of(42)) },
  {
    what: 'float32 in uint8',
    specs: [{ name: 'a', shape: [64], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.0123, min: -1.57 } }],
    stored: bytes(64),
  },
  {
    what: 'float32 in uint16',
    specs: [{ name: 'a', shape: [32], dtype: 'float32', quantization: { dtype: 'uint16', scale: 3e-5, min: -0.9 } }],
    stored: bytes(64),
  },
  {
    what: 'int32 in uint8',
    specs: [{ name: 'a', shape: [16], dtype: 'int32', quantization: { dtype: 'uint8', scale: 1.4, min: -20 } }],
    stored: bytes(16),
  },
  {
    what: 'float32 in float16, every one there is',
    specs: [{ name: 'a', shape: [65536], dtype: 'float32', quantization: { dtype: 'float16' } }],
    stored: new Uint8Array(Uint16Array.from({ length: 65536 }, (_, index) => index).buffer),
  },
  {
    what: 'several at odd places',
    specs: [
      { name: 'a', shape: [3], dtype: 'bool' },
      { name: 'b', shape: [2], dtype: 'float32' },
      { name: 'c', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 2, min: 1 } },
      { name: 'd', shape: [0], dtype: 'float32' },
      { name: 'e', shape: [1], dtype: 'int32' },
    ],
    stored: Uint8Array.of(1, 0, 1, ...bytesOf(Float32Array.of(1.5, -2)), 0, 128, 255, ...bytesOf(Int32Array.of(-9))),
  },
]

describe('decodeWeights', () => {
  it.each(cases)('reads $what as TensorFlow.js does', async ({ specs, stored }) => {
    // Padding in front, so that nothing lies where its elements could be read in place.
    const shifted = new Uint8Array([0, ...stored]).subarray(1)
    expect(decodeWeights('the model', specs, shifted)).toEqual(await theirs(specs, stored))
  })

  it('reads strings', () => {
    const text = (value: string): number[] => [...Buffer.from(value)]
    const stored = Uint8Array.of(2, 0, 0, 0, ...text('ab'), 0, 0, 0, 0, 3, 0, 0, 0, ...text('é!'))
    const [[, { data }]] = decodeWeights('the model', [{ name: 'a', shape: [3], dtype: 'string' }], stored) as [
      [string, Tensor],
    ]
    expect(data).toEqual(['ab', '', 'é!'])
  })

  it('refuses bytes that were cut short, naming the weight', () => {
    const specs: WeightSpec[] = [
      { name: 'a', shape: [1], dtype: 'int32' },
      { name: 'b', shape: [2], dtype: 'float32' },
    ]
    expect(() => decodeWeights('the model', specs, bytes(11))).toThrow(TfjsFormatError)
    expect(() => decodeWeights('the model', specs, bytes(11))).toThrow(
      'the model, weight "b": expected 8 bytes from byte 4 on, got 7. The shards were cut short: get the files again.',
    )
  })

  it('refuses more bytes than the weights take', () => {
    const specs: WeightSpec[] = [{ name: 'a', shape: [1], dtype: 'int32' }]
    expect(() => decodeWeights('the model', specs, bytes(5))).toThrow(
      'the model: expected 4 bytes, which its weights take, got 5. The shards belong to another model.json: get the files again.',
    )
  })

  it('refuses quantized weights that do not say how', () => {
    const specs: WeightSpec[] = [
      { name: 'a', shape: [4], dtype: 'float32', quantization: { dtype: 'uint8', scale: 1 } },
    ]
    expect(() => decodeWeights('the model', specs, bytes(4))).toThrow(
      'weight "a": expected scale and min of its quantization',
    )
  })
})
