import { float32 } from '@headstart/onnx'
import { testOperators, type ParityCase } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { activationOperators } from './activations.js'

/** Of images and of rows, with numbers on both sides of every bend. */
const cases = (attributes: ParityCase['attributes'] = {}, ...inputs: ParityCase['inputs']): ParityCase[] =>
  [
    [2, 3, 4, 5],
    [3, 7],
  ].map((dims) => ({
    title: `[${dims.join(', ')}]`,
    inputs: [randomTensor(dims, 1, -8, 8), ...inputs],
    attributes,
  }))

testOperators(activationOperators, {
  Relu: cases(),
  Relu6: cases(),
  Elu: cases(),
  Selu: cases(),
  Sigmoid: cases(),
  Tanh: cases(),
  Softplus: cases(),
  Softmax: cases(),
  LogSoftmax: cases(),
  LeakyRelu: [...cases({ alpha: 0.3 }), ...cases()],
  Prelu: [
    {
      title: 'one slope for each channel',
      inputs: [randomTensor([2, 3, 4, 5], 1), { constant: randomTensor([5], 2) }],
    },
    {
      title: 'a slope for each channel, of rank 3',
      inputs: [randomTensor([2, 3, 4, 5], 1), { constant: randomTensor([1, 1, 5], 2) }],
    },
    {
      title: 'a slope for each place',
      inputs: [randomTensor([2, 3, 4, 5], 1), { constant: randomTensor([3, 4, 5], 2) }],
    },
    { title: 'of rows', inputs: [randomTensor([3, 7], 1), { constant: randomTensor([7], 2) }] },
  ],
  ClipByValue: cases({}, { constant: float32([], [-1.5]) }, { constant: float32([], [3]) }),
})
