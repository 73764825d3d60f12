import { float32, tensor } from '@headstart/onnx'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { reductionOperators } from './reductions.js'

const axesOf = (...values: number[]) => ({ constant: tensor('int32', [values.length], Int32Array.from(values)) })
const images = randomTensor([2, 3, 4, 5], 1)

/** Over every set of axes of images, kept as ones or not. */
const cases = (input = images as ParityCase['inputs'][number]): ParityCase[] =>
  [[1, 2], [2, 1], [1], [2], [3], [-1], [0], [1, 2, 3], [0, 1, 2, 3], [0, 3], [2, 3]].flatMap((axes) =>
    [false, true].map((keep) => ({
      title: `over [${axes.join(', ')}]${keep ? ', kept' : ''}`,
      inputs: [input, axesOf(...axes)],
      attributes: { keep_dims: keep },
    })),
  )
const ofRows: ParityCase = {
  title: 'of rows',
  inputs: [randomTensor([3, 7], 1), axesOf(1)],
  attributes: { keep_dims: false },
}

const truths = tensor(
  'bool',
  [2, 3, 4, 5],
  Uint8Array.from(randomTensor([2, 3, 4, 5], 2).data, (value) => (value > -0.8 ? 1 : 0)),
)
const places: ParityCase[] = [0, 1, 2, 3, -1].map((axis) => ({
  title: `along ${axis}`,
  inputs: [images, { constant: tensor('int32', [], Int32Array.of(axis)) }],
}))
const k = (count: number) => ({ constant: tensor('int32', [], Int32Array.of(count)) })
const withTies: ParityCase = {
  title: 'several',
  inputs: [float32([2, 3], [1, 2, 2, 0, 0, 0]), { constant: tensor('int32', [], Int32Array.of(1)) }],
}

testOperators(reductionOperators, {
  Mean: [...cases(), ofRows],
  Sum: [...cases(), ofRows],
  Max: [...cases(), ofRows],
  Min: [...cases(), ofRows],
  Prod: [...cases(), ofRows],
  Any: cases(truths),
  All: cases(truths),
  ArgMax: [...places, withTies],
  ArgMin: [...places, withTies],
  TopKV2: [
    { title: 'of images', inputs: [images, k(3)], attributes: { sorted: true }, outputs: 2 },
    { title: 'of rows', inputs: [randomTensor([3, 7], 1), k(7)], attributes: { sorted: true }, outputs: 2 },
    {
      title: 'of whole numbers, some of them several times',
      inputs: [tensor('int32', [2, 4], Int32Array.of(1, 2, 2, 0, 3, 3, 3, 3)), k(2)],
      attributes: { sorted: true },
      outputs: 2,
    },
  ],
  Squeeze: [
    { title: 'height and width', inputs: [randomTensor([2, 1, 1, 5], 1)], attributes: { squeeze_dims: [1, 2] } },
    { title: 'height', inputs: [randomTensor([2, 1, 4, 5], 1)], attributes: { squeeze_dims: [1] } },
    { title: 'channels', inputs: [randomTensor([2, 3, 4, 1], 1)], attributes: { squeeze_dims: [-1] } },
    { title: 'batch', inputs: [randomTensor([1, 3, 4, 5], 1)], attributes: { squeeze_dims: [0] } },
    { title: 'all of size 1', inputs: [randomTensor([1, 3, 1, 5], 1)], fixed: true },
    { title: 'nothing', inputs: [randomTensor([3, 4], 1)], fixed: true },
  ],
})
