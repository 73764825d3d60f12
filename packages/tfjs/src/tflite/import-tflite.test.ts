import '@headstart/onnx/test'
import { OptionError } from '@headstart/core/kit'
import { float32, Session, type Tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { type ModelInput, type OperatorInput, type TensorInput, tfliteModel } from '../../test/tflite-model.js'
import { runTflite } from '../../test/tflite-runtime.js'
import { TfliteFormatError, UnknownOperatorError } from '../errors.js'
import { type ImportOptions, importTflite } from '../import-tfjs.js'

const bytesOf = (array: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer)
const floats = (...values: number[]): Uint8Array => bytesOf(Float32Array.from(values))
const int32s = (...values: number[]): Uint8Array => bytesOf(Int32Array.from(values))

/** y = x · weightsᵀ, of two numbers. */
const product: OperatorInput = { name: 'FULLY_CONNECTED', inputs: ['x', 'weights'], outputs: ['y'] }
function withWeights(weights: Omit<TensorInput, 'name'>, extra: Partial<ModelInput> = {}): Uint8Array {
  return tfliteModel({
    tensors: [
      { name: 'x', shape: [1, 2] },
      { name: 'weights', ...weights },
      { name: 'y', shape: [1, 2] },
      ...(extra.tensors ?? []),
    ],
    operators: extra.operators ?? [product],
    inputs: ['x'],
    outputs: ['y'],
  })
}

/** The numbers of a value. */
const numbers = (value: Tensor | undefined): number[] => Array.from((value?.data ?? []) as Float32Array)

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>, options?: ImportOptions) {
  await using session = await Session.create(importTflite(bytes, options), { threads: 1 })
  return await session.run(feeds)
}

describe('a model of TensorFlow Lite in ONNX', () => {
  it('has the numbers for which weights of fewer bits stand', async () => {
    const shape = [2, 2]
    const x = { x: float32([1, 2], [1, 10]) }
    const answer = async (bytes: Uint8Array): Promise<number[]> => {
      const { y } = await run(bytes, x)
      return numbers(y)
    }
    // 1, 2, -0.5 and 0.25 in half precision, widened when the graph runs.
    const half = withWeights(
      { type: 'float16', shape, data: bytesOf(Uint16Array.of(0x3c00, 0x4000, 0xb800, 0x3400)) },
      {
        tensors: [{ name: 'wide', shape }],
        operators: [
          { name: 'DEQUANTIZE', inputs: ['weights'], outputs: ['wide'] },
          { ...product, inputs: ['x', 'wide'] },
        ],
      },
    )
    expect(await answer(half)).toEqual([1 + 20, -0.5 + 2.5])
    // (130 - 128) / 2 = 1, (124 - 128) / 2 = -2, ...
    const levels = { scales: [0.5], zeroPoints: [128] }
    const whole = withWeights({ type: 'uint8', shape, data: Uint8Array.of(130, 124, 128, 129), quantization: levels })
    expect(await answer(whole)).toEqual([1 - 20, 0 + 5])
    // A scale of its own for each row.
    const rows = { scales: [0.5, 0.25], axis: 0 }
    const data = bytesOf(Int8Array.of(2, -4, 8, 1))
    expect(await answer(withWeights({ type: 'int8', shape, data, quantization: rows }))).toEqual([1 - 20, 2 + 2.5])
  })

  it('has whole weights of which only those are stored that are not zero', async () => {
    const model = (columns: number[]): Uint8Array =>
      withWeights(
        { shape: [2, 2], data: floats(3, 4, 5), rows: { segments: [0, 1, 3], columns } },
        {
          tensors: [{ name: 'whole', shape: [2, 2] }],
          operators: [
            { name: 'DENSIFY', inputs: ['weights'], outputs: ['whole'] },
            { ...product, inputs: ['x', 'whole'] },
          ],
        },
      )
    const { y } = await run(model([1, 0, 1]), { x: float32([1, 2], [1, 10]) })
    expect(numbers(y)).toEqual([30, 4 + 50])
    expect((await runTflite(model([1, 0, 1]), [[1, 10]])).get('y')?.data).toEqual(Float32Array.of(30, 54))
    expect(() => importTflite(model([1, 0, 2]))).toThrow(/"weights": expected numbers at places within \[2, 2\]/)
  })

  it('computes what a quantized network computes, to its rounding', async () => {
    const quantization = { scales: [0.05], zeroPoints: [-20] }
    const model = tfliteModel({
      tensors: [
        { name: 'x', shape: [1, 4, 4, 1] },
        { name: 'levels', type: 'int8', shape: [1, 4, 4, 1], quantization },
        {
          name: 'filters',
          type: 'int8',
          shape: [2, 3, 3, 1],
          data: bytesOf(Int8Array.from({ length: 18 }, (_, index) => 20 * (index % 7) - 60)),
          quantization: { scales: [0.02, 0.01], axis: 0 },
        },
        {
          name: 'bias',
          type: 'int32',
          shape: [2],
          data: int32s(100, -300),
          quantization: { scales: [0.001, 0.0005], axis: 0 },
        },
        // Of -1 to 1.55: what is above or below is cut off.
        { name: 'sums', type: 'int8', shape: [1, 4, 4, 2], quantization: { scales: [0.01], zeroPoints: [-28] } },
        { name: 'y', shape: [1, 4, 4, 2] },
      ],
      operators: [
        { name: 'QUANTIZE', inputs: ['x'], outputs: ['levels'] },
        {
          name: 'CONV_2D',
          inputs: ['levels', 'filters', 'bias'],
          outputs: ['sums'],
          options: [1, [{ int8: 0 }, { int32: 1 }, { int32: 1 }]],
        },
        { name: 'DEQUANTIZE', inputs: ['sums'], outputs: ['y'] },
      ],
      inputs: ['x'],
      outputs: ['y'],
    })
    // Whole levels, so that rounding is that of the sums alone.
    const x = Float32Array.from({ length: 16 }, (_, index) => 0.05 * (((index * 7) % 31) - 10))
    const expected = (await runTflite(model, [x])).get('y') as Tensor
    const { y } = await run(model, { x: float32([1, 4, 4, 1], x) }, { layout: 'nhwc' })
    expect(y).toBeAllclose(expected, { rtol: 0, atol: 0.0051 })
    const data = numbers(y)
    expect([Math.min(...data), Math.max(...data)]).toEqual([expect.closeTo(-1, 6), expect.closeTo(1.55, 6)])
  })

  const image = (name: string, channels: number, side = 4) => ({ name, shape: [1, side, side, channels] })
  const classifier = tfliteModel({
    tensors: [
      { ...image('serving_default_input:0', 3), signature: [-1, 4, 4, 3] },
      // As the converter names what it joins.
      { name: 'features;conv/kernel', shape: [2, 1, 1, 3], data: floats(1, 2, 3, -1, 0, 1) },
      { name: 'bias', shape: [2], data: floats(0.5, -0.5) },
      image('features;conv/Relu', 2),
      { name: 'shape', type: 'int32', shape: [2], data: int32s(1, 32) },
      { name: 'StatefulPartitionedCall:0', shape: [1, 32] },
      { name: 'StatefulPartitionedCall:1', shape: [1, 32] },
      { name: '', shape: [1, 32] },
    ],
    operators: [
      {
        name: 'CONV_2D',
        inputs: ['serving_default_input:0', 'features;conv/kernel', 'bias'],
        outputs: ['features;conv/Relu'],
        options: [1, [{ int8: 0 }, { int32: 1 }, { int32: 1 }, { int8: 1 }]],
      },
      { name: 'RESHAPE', inputs: ['features;conv/Relu', 'shape'], outputs: ['StatefulPartitionedCall:0'] },
      { name: 'TFLite_Detection_PostProcess', inputs: ['StatefulPartitionedCall:0'], outputs: [''] },
      { name: 'LSTM', inputs: [''], outputs: ['StatefulPartitionedCall:1'] },
    ],
    inputs: ['serving_default_input:0'],
    outputs: ['StatefulPartitionedCall:0', 'StatefulPartitionedCall:1'],
  })
  const pixels = (batch: number): Tensor =>
    float32(
      [batch, 3, 4, 4],
      Array.from({ length: 48 * batch }, (_, index) => Math.sin(index)),
    )

  it('takes any number of pictures, though it was converted for one', async () => {
    const name = 'StatefulPartitionedCall'
    const graph = importTflite(classifier, { outputs: ['StatefulPartitionedCall:0'] })
    expect(graph.inputs[0]?.dims).toEqual(['batch', 3, 4, 4])
    await using session = await Session.create(graph, { threads: 1 })
    const both = await session.run({ serving_default_input: pixels(2) })
    const one = await session.run({ serving_default_input: pixels(1) })
    expect(both[name]?.dims).toEqual([2, 32])
    expect(numbers(both[name]).slice(0, 32)).toEqual(numbers(one[name]))
  })

  it('ends where one says, under the name that the value has there', async () => {
    const { features } = await run(
      classifier,
      { serving_default_input: pixels(1) },
      { outputs: ['features'], inputs: { 'serving_default_input:0': { dims: [1, 4, 4, 3] } } },
    )
    expect(features?.dims).toEqual([1, 2, 4, 4])
    const x = pixels(1).data as Float32Array
    const [red = 0, green = 0, blue = 0] = [x[0], x[16], x[32]]
    expect(numbers(features)[0]).toBeCloseTo(Math.max(red + 2 * green + 3 * blue + 0.5, 0), 5)
    expect(numbers(features)[16]).toBeCloseTo(Math.max(-red + blue - 0.5, 0), 5)
  })

  it('names every operator that it does not know, and no other', () => {
    const whole = () => importTflite(classifier)
    expect(whole).toThrow(UnknownOperatorError)
    expect(whole).toThrow(
      /got LSTM \(node "StatefulPartitionedCall_1"\), TFLite_Detection_PostProcess \(node "tensor_7"\)/,
    )
  })

  it('names weights of a type that it cannot read', () => {
    const bytes = withWeights({ type: 'int4', shape: [2, 2], data: Uint8Array.of(1, 2) })
    expect(() => importTflite(bytes)).toThrow(/got int4 weights \(node "weights"\)/)
  })

  it('refuses what is no such model, or damaged', () => {
    const refusal = (bytes: Uint8Array) => () => importTflite(bytes, {}, 'detector.tflite')
    expect(refusal(new Uint8Array(4))).toThrow(TfliteFormatError)
    expect(refusal(new TextEncoder().encode('{"format": "graph-model"}'))).toThrow(
      /detector\.tflite: expected a TensorFlow Lite model.*\.task/,
    )
    for (let length = 8; length < classifier.length; length += 8)
      expect(refusal(classifier.slice(0, length)), `${length} bytes`).toThrow(TfliteFormatError)
    const short = withWeights({ shape: [2, 2], data: floats(1, 2, 3) })
    expect(refusal(short)).toThrow(/weight "weights": expected 16 bytes for \[2, 2\], got 12/)
    expect(() => importTflite(classifier, { outputs: ['logits'] })).toThrow(OptionError)
  })
})
