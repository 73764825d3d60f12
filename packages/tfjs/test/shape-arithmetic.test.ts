import { Session, type Tensor, tensor } from '@headstart/onnx'
import type * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { importTfjs } from '../src/import-tfjs.js'
import { graphModel, type NodeInput, placeholder, type } from './graph-model.js'
import { channelsFirst, fromTensorflow, originalGraphModel, scoped, toTensorflow, useBackend } from './original.js'
import { expectParity } from './parity.js'
import { randomTensor } from './random-tensor.js'

beforeAll(() => useBackend('cpu'))

const photo = randomTensor([2, 3, 4, 5], 1)
const ints = (...values: number[]): Tensor => tensor('int32', [values.length], Int32Array.from(values))
const int = (value: number): Tensor => tensor('int32', [], Int32Array.of(value))
const constants = {
  zero: ints(0),
  one: ints(1),
  two: ints(2),
  three: ints(3),
  tail: ints(1, -1),
  minus: int(-1),
  axis: int(0),
  pair: ints(1, 2),
  size: int(3),
  double: ints(1, 2, 2, 1),
}
const shape: NodeInput = { name: 'shape', op: 'Shape', inputs: ['photo'] }
const slice = (name: string, begin: string, end: string, attributes: NodeInput['attributes'] = {}): NodeInput => ({
  name,
  op: 'StridedSlice',
  inputs: ['shape', begin, end, 'one'],
  attributes,
})

/** Ways in which graphs compute a shape, from that of the photo; the last node is it. */
const ways: readonly (readonly [string, readonly NodeInput[], readonly (number | string)[]])[] = [
  ['as it is', [], ['batch', 'height', 'width', 5]],
  ['in part', [slice('part', 'one', 'three')], ['height', 'width']],
  ['in part, to the end', [slice('part', 'two', 'zero', { end_mask: 1 })], ['width', 5]],
  ['in part, by Slice', [{ name: 'part', op: 'Slice', inputs: ['shape', 'two', 'one'] }], ['width']],
  [
    'put together',
    [
      slice('batch', 'zero', 'one', { shrink_axis_mask: 1 }),
      { name: 'packed', op: 'Pack', inputs: ['batch', 'size', 'size'], attributes: { axis: 0, N: 3 } },
    ],
    ['batch', 3, 3],
  ],
  [
    'joined',
    [
      slice('batch', 'zero', 'one'),
      { name: 'joined', op: 'ConcatV2', inputs: ['batch', 'pair', 'axis'], attributes: { N: 2 } },
    ],
    ['batch', 1, 2],
  ],
  ['chosen', [{ name: 'chosen', op: 'GatherV2', inputs: ['shape', 'pair', 'axis'] }], ['height', 'width']],
  ['doubled', [{ name: 'doubled', op: 'Mul', inputs: ['shape', 'double'] }], ['batch', '', '', 5]],
  ['lengthened', [{ name: 'longer', op: 'AddV2', inputs: ['shape', 'one'] }], ['', '', '', 6]],
  [
    'shortened by nothing',
    [{ name: 'shorter', op: 'Sub', inputs: ['shape', 'zero'] }],
    ['batch', 'height', 'width', 5],
  ],
  ['halved', [{ name: 'half', op: 'FloorDiv', inputs: ['shape', 'two'] }], ['', '', '', 2]],
  ['at least 3', [{ name: 'largest', op: 'Maximum', inputs: ['shape', 'three'] }], ['', '', '', 5]],
  ['at most 3', [{ name: 'smallest', op: 'Minimum', inputs: ['shape', 'three'] }], ['', '', '', 3]],
  [
    'all of it',
    [
      { name: 'product', op: 'Prod', inputs: ['shape', 'zero'] },
      { name: 'vector', op: 'ExpandDims', inputs: ['product', 'axis'] },
    ],
    [''],
  ],
  [
    'through other types and shapes',
    [
      slice('last', 'three', 'zero', { end_mask: 1 }),
      { name: 'cast', op: 'Cast', inputs: ['last'], attributes: { DstT: type('int32') } },
      { name: 'flat', op: 'Reshape', inputs: ['cast', 'one'] },
      { name: 'same', op: 'Identity', inputs: ['flat'] },
    ],
    [5],
  ],
  [
    'counted',
    [
      { name: 'count', op: 'Rank', inputs: ['photo'] },
      { name: 'vector', op: 'ExpandDims', inputs: ['count', 'axis'] },
    ],
    [4],
  ],
  [
    'as a size',
    [
      { name: 'count', op: 'Size', inputs: ['photo'] },
      { name: 'vector', op: 'ExpandDims', inputs: ['count', 'axis'] },
    ],
    [''],
  ],
  [
    'without an axis of one',
    [
      slice('last', 'three', 'zero', { end_mask: 1 }),
      { name: 'number', op: 'Squeeze', inputs: ['last'], attributes: { squeeze_dims: [0] } },
      { name: 'packed', op: 'Pack', inputs: ['number', 'size'], attributes: { axis: 0, N: 2 } },
    ],
    [5, 3],
  ],
]

describe('a shape that a graph computes', () => {
  it.each(ways)(
    '%s: known as far as it follows from the input, and what TensorFlow.js computes',
    async (_, nodes, dims) => {
      const last = nodes.at(-1)?.name ?? 'shape'
      const filled: NodeInput = {
        name: 'filled',
        op: 'Fill',
        inputs: [last, 'minus'],
        attributes: { T: type('int32') },
      }
      const { artifacts, model } = await graphModel(
        [placeholder('photo', 'float32', [-1, -1, -1, 5]), shape, ...nodes, filled],
        constants,
      )
      const original = await originalGraphModel(artifacts)
      const expected = scoped(() =>
        fromTensorflow(original.execute({ photo: toTensorflow(photo) }, 'filled') as tf.Tensor),
      )
      for (const layout of ['nchw', 'nhwc'] as const) {
        const graph = importTfjs(model, { layout, outputs: ['filled'] })
        expect(graph.outputs[0]?.dims).toEqual(
          dims.length === 4 && layout === 'nchw' ? [0, 3, 1, 2].map((axis) => dims[axis]) : dims,
        )
        const given = layout === 'nchw' ? channelsFirst(photo) : photo
        const { filled: result } = await (
          await Session.create(graph)
        ).run(graph.inputs.length > 0 ? { photo: given } : {})
        expectParity(result, expected.dims.length === 4 && layout === 'nchw' ? channelsFirst(expected) : expected)
      }
    },
  )
})
