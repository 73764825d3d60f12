import { float32, tensor } from '@headstart/onnx'
import { type } from '../../test/graph-model.js'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { shapingOperators } from './shaping.js'

const images = randomTensor([2, 3, 4, 6], 1)
const rows = randomTensor([4, 6], 1)
const int = (value: number) => ({ constant: tensor('int32', [], Int32Array.of(value)) })
const ints = (...values: number[]) => ({ constant: tensor('int32', [values.length], Int32Array.from(values)) })
const numbers = { constant: tensor('int32', [2, 3], Int32Array.of(0, 1, 1, 1, 0, 1)) }
/** Coordinates, a row for each place. */
const numbers32 = (columns: number, places: readonly number[]) => ({
  constant: tensor('int32', [places.length / columns, columns], Int32Array.from(places)),
})
const row = (length: number) => randomTensor([length], 3)

/** One operator over images and over rows along each axis. */
const alongAxes = (make: (source: typeof images, axis: number) => Omit<ParityCase, 'title'>): ParityCase[] =>
  [images, rows].flatMap((source) =>
    [...source.dims.keys(), -1].map((axis) => ({
      title: `[${source.dims.join(', ')}] along ${axis}`,
      ...make(source, axis),
    })),
  )

const cast = (to: 'float32' | 'int32' | 'bool', values: ParityCase['inputs'][number]): ParityCase => ({
  title: `${'type' in values ? values.type : ''} to ${to}`,
  inputs: [values],
  attributes: { DstT: type(to) },
})

const gathered: ParityCase[] = [
  ...alongAxes((source, axis) => ({ inputs: [source, numbers, int(axis)] })),
  { title: 'one row', inputs: [rows, int(2), int(0)] },
]

const shapes = [images, rows].map((source): ParityCase => ({ title: `[${source.dims.join(', ')}]`, inputs: [source] }))

const oneHot = (axis: number): ParityCase => ({
  title: `along ${axis}`,
  inputs: [numbers.constant, int(4), { constant: float32([], [2]) }, { constant: float32([], [-1]) }],
  attributes: { axis, T: type('float32') },
})

testOperators(shapingOperators, {
  Reshape: [
    { title: 'images to rows', inputs: [images, ints(2, 72)] },
    { title: 'the rest of images', inputs: [images, ints(-1, 72)] },
    { title: 'all of images', inputs: [images, ints(-1)] },
    { title: 'rows to images', inputs: [rows, ints(4, 1, 1, 6)] },
    { title: 'rows to more', inputs: [rows, ints(-1, 3, 2)] },
  ],
  Transpose: [
    ...[
      [0, 3, 1, 2],
      [0, 2, 3, 1],
      [3, 2, 1, 0],
      [0, 1, 2, 3],
      [1, 0, 2, 3],
    ].map((perm) => ({
      title: `images to [${perm.join(', ')}]`,
      inputs: [images, ints(...perm)],
    })),
    { title: 'rows', inputs: [rows, ints(1, 0)] },
  ],
  ConcatV2: [
    ...alongAxes((source, axis) => ({
      inputs: [source, source, { constant: source }, int(axis)],
      attributes: { N: 3 },
    })),
    { title: 'channels of two sizes', inputs: [images, randomTensor([2, 3, 4, 2], 2), int(3)], attributes: { N: 2 } },
  ],
  Concat: alongAxes((source, axis) => ({ inputs: [int(axis), source, source], attributes: { N: 2 } })),
  Pack: alongAxes((source, axis) => ({ inputs: [source, { constant: source }], attributes: { N: 2, axis } })),
  Unpack: alongAxes((source, axis) => ({
    inputs: [source],
    attributes: { num: source.dims.at(axis) as number, axis },
    outputs: source.dims.at(axis) as number,
  })),
  Split: [
    { title: 'channels', inputs: [int(3), images], attributes: { num_split: 3 }, outputs: 3 },
    { title: 'height', inputs: [int(1), images], attributes: { num_split: 3 }, outputs: 3 },
    { title: 'rows', inputs: [int(-1), rows], attributes: { num_split: 2 }, outputs: 2 },
  ],
  SplitV: [
    { title: 'channels', inputs: [images, ints(1, 2, 3), int(3)], attributes: { num_split: 3 }, outputs: 3 },
    { title: 'width', inputs: [images, ints(3, 1), int(2)], attributes: { num_split: 2 }, outputs: 2 },
    {
      title: 'the rest of rows',
      inputs: [rows, ints(1, -1), int(0)],
      attributes: { num_split: 2 },
      outputs: 2,
      fixed: true,
    },
  ],
  Gather: [
    { title: 'rows', inputs: [rows, numbers] },
    { title: 'images', inputs: [images, ints(1, 0, 1)] },
  ],
  GatherV2: gathered,
  GatherNd: [
    { title: 'rows', inputs: [rows, { constant: tensor('int32', [3, 1], Int32Array.of(2, 0, 3)) }], fixed: true },
    {
      title: 'numbers of images',
      inputs: [images, { constant: tensor('int32', [2, 4], Int32Array.of(1, 2, 3, 5, 0, 0, 1, 4)) }],
    },
  ],
  SparseToDense: [
    { title: 'places of rows', inputs: [numbers32(2, [0, 1, 2, 0, 3, 5]), ints(4, 6), row(3), float32([], [-1])] },
    { title: 'places of a vector', inputs: [ints(4, 0), ints(6), row(2), float32([], [0])] },
    { title: 'one place', inputs: [int(2), ints(6), float32([], [7]), float32([], [0])] },
    { title: 'one number for all places', inputs: [ints(1, 3), ints(6), float32([], [7]), float32([], [2])] },
    { title: 'images', inputs: [numbers32(4, [0, 1, 2, 3, 1, 0, 3, 1]), ints(2, 3, 4, 5), row(2), float32([], [0])] },
    {
      title: 'whole numbers',
      inputs: [ints(1, 4), ints(5), tensor('int32', [2], Int32Array.of(8, 9)), int(-3)],
    },
  ],
  Tile: [
    { title: 'images', inputs: [images, ints(1, 2, 3, 1)] },
    { title: 'rows', inputs: [rows, ints(2, 1)] },
  ],
  ExpandDims: [0, 1, 2, -1].map((axis) => ({ title: `rows at ${axis}`, inputs: [rows, int(axis)] })),
  Cast: [
    cast('int32', randomTensor([3, 4], 1, -5, 5)),
    cast('int32', randomTensor([2, 3, 4, 5], 1, -5, 5)),
    cast('bool', float32([3], [0, 1, -2])),
    cast('float32', tensor('int32', [2, 3], Int32Array.of(1, -2, 3, 0, 5, 6))),
    cast('float32', tensor('bool', [2], Uint8Array.of(0, 1))),
  ],
  Shape: shapes,
  Size: shapes,
  Rank: shapes,
  Fill: [{ title: 'rows', inputs: [ints(2, 3), { constant: float32([], [1.5]) }] }],
  Range: [
    { title: 'whole numbers', inputs: [int(1), int(8), int(3)], attributes: { Tidx: type('int32') } },
    { title: 'backwards', inputs: [int(5), int(0), int(-2)], attributes: { Tidx: type('int32') } },
  ],
  BroadcastTo: [
    { title: 'a row', inputs: [randomTensor([6], 1), ints(4, 6)] },
    { title: 'images', inputs: [randomTensor([2, 1, 1, 6], 1), ints(2, 3, 4, 6)] },
  ],
  DepthToSpace: [
    {
      title: 'blocks of 2',
      inputs: [randomTensor([2, 3, 4, 8], 1)],
      attributes: { block_size: 2, data_format: 'NHWC' },
    },
    {
      title: 'blocks of 3',
      inputs: [randomTensor([1, 2, 2, 9], 1)],
      attributes: { block_size: 3, data_format: 'NHWC' },
    },
  ],
  // TensorFlow.js does not look at the axis.
  OneHot: [oneHot(-1)],
})
