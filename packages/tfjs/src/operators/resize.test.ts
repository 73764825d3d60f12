import { tensor } from '@headstart/onnx'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { resizeOperators } from './resize.js'

const sizes = [
  [10, 12],
  [3, 4],
  [7, 6],
  [5, 6],
  [1, 1],
  [9, 2],
] as const
const spellings = [
  { align_corners: false, half_pixel_centers: false },
  { align_corners: true, half_pixel_centers: false },
  { align_corners: false, half_pixel_centers: true },
]

const cases: ParityCase[] = sizes.flatMap(([height, width]) =>
  spellings.map((attributes) => ({
    title: `5x6 to ${height}x${width}, ${
      Object.entries(attributes)
        .flatMap(([name, is]) => (is ? [name] : []))
        .join('') || 'plain'
    }`,
    inputs: [randomTensor([2, 5, 6, 3], 1), { constant: tensor('int32', [2], Int32Array.of(height, width)) }],
    attributes,
  })),
)

testOperators(resizeOperators, {
  ResizeBilinear: [
    ...cases,
    {
      title: 'a size that is fed',
      inputs: [randomTensor([2, 5, 6, 3], 1), tensor('int32', [2], Int32Array.of(8, 9))],
      fixed: true,
    },
  ],
  ResizeNearestNeighbor: cases,
})
