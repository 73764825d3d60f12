import { float32, Session, type Tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { graphModel, type NodeInput, placeholder } from '../test/graph-model.js'
import { operatorCounts } from '../test/operator-counts.js'
import { expectParity } from '../test/parity.js'
import { randomTensor } from '../test/random-tensor.js'
import { importTfjs } from './import-tfjs.js'

const filter = randomTensor([3, 3, 3, 4], 1)
const perChannel = (channels: number, seed: number): Tensor => randomTensor([channels], seed, 0.1, 2)
const window = { strides: [1, 1, 1, 1], padding: 'SAME' }

const constants = {
  filter,
  each: randomTensor([3, 3, 3, 2], 2),
  four: perChannel(4, 3),
  other: perChannel(4, 4),
  six: perChannel(6, 5),
  wide: float32([1, 1, 1, 4], perChannel(4, 6).data as Float32Array),
  number: float32([], [1.7]),
  places: randomTensor([1, 5, 6, 4], 7),
}
const photo = placeholder('photo', 'float32', [-1, 5, 6, 3])
const conv: NodeInput = { name: 'conv', op: 'Conv2D', inputs: ['photo', 'filter'], attributes: window }
const depthwise: NodeInput = {
  name: 'conv',
  op: 'DepthwiseConv2dNative',
  inputs: ['photo', 'each'],
  attributes: window,
}
const normalization = (size: string): NodeInput => ({
  name: 'end',
  op: 'FusedBatchNormV3',
  inputs: ['conv', size, size, size, size],
  attributes: { epsilon: 0.01 },
})

/** The same with the convolution's own value put out as well, so that nothing becomes part of it. */
async function compare(nodes: readonly NodeInput[]): Promise<Record<string, number>> {
  const { model } = await graphModel([photo, ...nodes], constants)
  const fused = importTfjs(model, { outputs: ['end'] })
  const apart = importTfjs(model, { outputs: ['end', 'conv'] })
  const feeds = { photo: randomTensor([2, 3, 5, 6], 8) }
  const [ours, reference] = await Promise.all(
    [fused, apart].map(async (graph) => (await Session.create(graph)).run(feeds)),
  )
  expectParity(ours?.['end'], reference?.['end'] as Tensor, { tolerance: 1e-5 })
  return operatorCounts(fused)
}

describe('fuseConvolutions', () => {
  it.each<[string, NodeInput[]]>([
    ['a bias', [conv, { name: 'end', op: 'BiasAdd', inputs: ['conv', 'four'] }]],
    [
      'a sum, on either side',
      [
        conv,
        { name: 'sum', op: 'AddV2', inputs: ['wide', 'conv'] },
        { name: 'end', op: 'Add', inputs: ['sum', 'four'] },
      ],
    ],
    ['a difference', [conv, { name: 'end', op: 'Sub', inputs: ['conv', 'four'] }]],
    ['a number', [conv, { name: 'end', op: 'Mul', inputs: ['number', 'conv'] }]],
    [
      'a scale and a shift',
      [
        conv,
        { name: 'scaled', op: 'Mul', inputs: ['conv', 'four'] },
        { name: 'end', op: 'Add', inputs: ['scaled', 'other'] },
      ],
    ],
    ['normalization', [conv, normalization('four')]],
    [
      'a bias and normalization',
      [
        conv,
        { name: 'bias', op: 'BiasAdd', inputs: ['conv', 'other'] },
        { ...normalization('four'), inputs: ['bias', 'four', 'other', 'four', 'other'] },
      ],
    ],
    ['normalization of a depthwise one', [depthwise, normalization('six')]],
  ])('makes %s part of the convolution', async (_, nodes) => {
    expect(await compare(nodes)).toEqual({ Conv: 1 })
  })

  it('makes bias and scale part of a product', async () => {
    const weights = { weight: randomTensor([3, 4], 1), four: perChannel(4, 2), other: perChannel(4, 3) }
    const nodes: NodeInput[] = [
      placeholder('row', 'float32', [-1, 3]),
      { name: 'conv', op: 'MatMul', inputs: ['row', 'weight'] },
      { name: 'bias', op: 'BiasAdd', inputs: ['conv', 'four'] },
      { name: 'end', op: 'Mul', inputs: ['bias', 'other'] },
    ]
    const { model } = await graphModel(nodes, weights)
    const feeds = { row: randomTensor([2, 3], 5) }
    const fused = importTfjs(model, { outputs: ['end'] })
    const apart = importTfjs(model, { outputs: ['end', 'conv'] })
    const [ours, reference] = await Promise.all(
      [fused, apart].map(async (graph) => (await Session.create(graph)).run(feeds)),
    )
    expectParity(ours?.['end'], reference?.['end'] as Tensor, { tolerance: 1e-5 })
    expect(operatorCounts(fused)).toEqual({ Gemm: 1 })
  })

  it.each<[string, NodeInput[], Record<string, number>]>([
    [
      'differs from place to place',
      [conv, { name: 'end', op: 'Add', inputs: ['conv', 'places'] }],
      { Conv: 1, Add: 1 },
    ],
    [
      'comes after an activation',
      [conv, { name: 'relu', op: 'Relu', inputs: ['conv'] }, { name: 'end', op: 'Mul', inputs: ['relu', 'four'] }],
      { Conv: 1, Relu: 1, Mul: 1 },
    ],
    [
      'the convolution is taken from',
      [conv, { name: 'end', op: 'Sub', inputs: ['four', 'conv'] }],
      { Conv: 1, Sub: 1 },
    ],
    ['is added to itself', [conv, { name: 'end', op: 'Add', inputs: ['conv', 'conv'] }], { Conv: 1, Add: 1 }],
    [
      'is not all that reads the convolution',
      [
        conv,
        { name: 'bias', op: 'BiasAdd', inputs: ['conv', 'four'] },
        { name: 'end', op: 'Mul', inputs: ['bias', 'conv'] },
      ],
      { Conv: 1, Add: 1, Mul: 1 },
    ],
  ])('leaves apart what %s', async (_, nodes, counts) => {
    expect(await compare(nodes)).toEqual(counts)
  })
})
