import { float32, tensor } from '@headstart/onnx'
import { testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { paddingOperators } from './padding.js'

const images = randomTensor([2, 5, 6, 3], 1)
const rows = randomTensor([4, 5], 1)
const amounts = (...values: number[]) => ({
  constant: tensor('int32', [values.length / 2, 2], Int32Array.from(values)),
})

testOperators(paddingOperators, {
  Pad: [
    { title: 'images', inputs: [images, amounts(0, 0, 1, 2, 3, 0, 0, 0)] },
    { title: 'channels and batch', inputs: [images, amounts(1, 0, 0, 0, 0, 0, 2, 1)] },
    { title: 'rows', inputs: [rows, amounts(0, 1, 2, 0)] },
  ],
  PadV2: [
    { title: 'images', inputs: [images, amounts(0, 0, 1, 2, 3, 0, 0, 0), { constant: float32([], [-1.5]) }] },
    { title: 'rows', inputs: [rows, amounts(0, 1, 2, 0), { constant: float32([], [7]) }] },
  ],
  MirrorPad: ['reflect', 'symmetric'].flatMap((mode) => [
    {
      title: `${mode}, images`,
      inputs: [images, amounts(0, 0, 1, 2, 3, 0, 0, 0)],
      attributes: { mode: mode.toUpperCase() },
    },
    { title: `${mode}, rows`, inputs: [rows, amounts(0, 1, 2, 2)], attributes: { mode: mode.toUpperCase() } },
  ]),
})
