import { tensor } from '@headstart/onnx'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { slicingOperators } from './slicing.js'

const images = randomTensor([3, 4, 5, 6], 1)
const rows = randomTensor([4, 5], 1)
const ints = (...values: number[]) => ({ constant: tensor('int32', [values.length], Int32Array.from(values)) })

/** Begins, ends, steps, and the bits of begins, ends, ellipses, new axes and vanishing axes. */
const strided = (
  title: string,
  source: ParityCase['inputs'][number],
  [begins, ends, steps]: readonly [number[], number[], number[]],
  masks: { begin?: number; end?: number; ellipsis?: number; new_axis?: number; shrink_axis?: number } = {},
): ParityCase => ({
  title,
  inputs: [source, ints(...begins), ints(...ends), ints(...steps)],
  attributes: Object.fromEntries(
    ['begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis'].map((name) => [
      `${name}_mask`,
      masks[name as 'begin'] ?? 0,
    ]),
  ),
})

testOperators(slicingOperators, {
  StridedSlice: [
    strided('a window', images, [
      [0, 1, 1, 0],
      [3, 3, 4, 6],
      [1, 1, 1, 1],
    ]),
    strided('every second', images, [
      [0, 0, 0, 0],
      [3, 4, 5, 6],
      [1, 2, 2, 1],
    ]),
    strided('from the end', images, [
      [0, -3, -4, 1],
      [3, -1, 5, -1],
      [1, 1, 1, 1],
    ]),
    strided('backwards', images, [
      [0, 3, 4, 5],
      [3, 0, 0, 1],
      [1, -1, -2, -1],
    ]),
    strided(
      'open ends',
      images,
      [
        [0, 1, 0, 2],
        [0, 0, 3, 0],
        [1, 1, 1, 1],
      ],
      { begin: 0b0101, end: 0b1011 },
    ),
    strided(
      'backwards with open ends',
      rows,
      [
        [0, 0],
        [0, 0],
        [-1, -2],
      ],
      { begin: 0b11, end: 0b11 },
    ),
    strided('one of a batch', images, [[1], [2], [1]], { shrink_axis: 1 }),
    strided('the last of a batch', images, [[-1], [0], [1]], { shrink_axis: 1 }),
    strided(
      'one channel',
      images,
      [
        [0, 0, 0, 2],
        [0, 0, 0, 3],
        [1, 1, 1, 1],
      ],
      { begin: 0b111, end: 0b111, shrink_axis: 0b1000 },
    ),
    strided(
      'one row of each image',
      images,
      [
        [0, 2],
        [0, 3],
        [1, 1],
      ],
      { begin: 1, end: 1, shrink_axis: 0b10 },
    ),
    strided(
      'the last channels after an ellipsis',
      images,
      [
        [0, 2],
        [0, 5],
        [1, 1],
      ],
      { ellipsis: 0b01 },
    ),
    strided(
      'the last row of rows after an ellipsis',
      rows,
      [
        [0, 1],
        [0, 2],
        [1, 1],
      ],
      { ellipsis: 0b01, shrink_axis: 0b10 },
    ),
    strided(
      'a new axis in front',
      rows,
      [
        [0, 0, 0],
        [0, 4, 5],
        [1, 1, 1],
      ],
      { new_axis: 0b001, end: 0b110 },
    ),
    strided(
      'a new axis behind',
      rows,
      [
        [0, 0],
        [0, 0],
        [1, 1],
      ],
      { ellipsis: 0b01, new_axis: 0b10 },
    ),
    strided(
      'an axis less and one more',
      rows,
      [
        [1, 0, 0],
        [2, 0, 3],
        [1, 1, 1],
      ],
      { shrink_axis: 0b001, new_axis: 0b010 },
    ),
  ],
  Slice: [
    { title: 'images', inputs: [images, ints(0, 1, 2, 0), ints(3, 2, 2, 6)] },
    { title: 'to the end', inputs: [images, ints(1, 0, 2, 3), ints(-1, 4, -1, -1)] },
    { title: 'rows', inputs: [rows, ints(1, 2), ints(2, 3)] },
  ],
  ReverseV2: [
    { title: 'images', inputs: [images, ints(1, 3)] },
    { title: 'rows', inputs: [rows, ints(-1)] },
  ],
})
