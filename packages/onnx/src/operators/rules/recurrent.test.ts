import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as recurrent from './recurrent.js'

const [tokens, batch, width, size] = [4, 3, 2, 3]
const x = randomTensor([tokens, batch, width], 1)
const lengths = tensor('int32', [batch], Int32Array.of(4, 1, 3))

/** Weights of a layer, and cases that all layers share. */
function casesOf(gates: number, states: 1 | 2): RuleCase[] {
  const weights = (directions: number, seed: number) => [
    randomTensor([directions, gates * size, width], seed, -1, 1),
    randomTensor([directions, gates * size, size], seed + 1, -1, 1),
    randomTensor([directions, 2 * gates * size], seed + 2, -1, 1),
  ]
  const state = (directions: number) =>
    Array.from({ length: states }, (_, index) => randomTensor([directions, batch, size], 20 + index, -1, 1))
  const outputs = Array.from({ length: states + 1 }, () => 'float32' as const)
  const attributes = { hidden_size: size }
  const precision = 'float32'
  return [
    { inputs: [x, ...weights(1, 2).slice(0, 2)], attributes, precision },
    { inputs: [x, ...weights(1, 3), '', ...state(1)], attributes, outputs, precision },
    { inputs: [x, ...weights(1, 4)], attributes: { ...attributes, direction: 'reverse' }, outputs, precision },
    { title: 'lengths', inputs: [x, ...weights(1, 5), lengths, ...state(1)], attributes, outputs, precision },
    {
      title: 'lengths',
      inputs: [x, ...weights(2, 6), lengths, ...state(2)],
      attributes: { ...attributes, direction: 'bidirectional' },
      outputs,
      precision,
    },
    { title: 'the last state alone', inputs: [x, ...weights(1, 7)], attributes, outputs: ['', 'float32'], precision },
  ]
}

const gates = (count: number) => [
  randomTensor([1, count * size, width], 8, -1, 1),
  randomTensor([1, count * size, size], 9, -1, 1),
  randomTensor([1, 2 * count * size], 10, -1, 1),
]
const single = { precision: 'float32', step: 0.01 } as const

describe('recurrent layers', () => {
  testRules(recurrent, {
    GRU: [
      ...casesOf(3, 1),
      { inputs: [x, ...gates(3)], attributes: { hidden_size: size, linear_before_reset: 1 }, ...single },
      {
        inputs: [x, ...gates(3)],
        attributes: {
          hidden_size: size,
          activations: ['HardSigmoid', 'Softsign'],
          activation_alpha: { kind: 'floats', value: [0.3] },
        },
        ...single,
      },
    ],
    LSTM: [
      ...casesOf(4, 2),
      {
        title: 'peepholes',
        inputs: [x, ...gates(4), '', '', '', randomTensor([1, 3 * size], 11, -1, 1)],
        attributes: { hidden_size: size },
        ...single,
      },
      {
        inputs: [randomTensor([2, 1, width], 12), ...gates(4)],
        attributes: { hidden_size: size, clip: float(0.5) },
        ...single,
        step: 0.003,
      },
    ],
    RNN: [
      ...casesOf(1, 1),
      {
        inputs: [x, ...gates(1)],
        attributes: {
          hidden_size: size,
          activations: ['Affine'],
          activation_alpha: { kind: 'floats', value: [0.5] },
          activation_beta: { kind: 'floats', value: [0.1] },
        },
        ...single,
      },
    ],
  })
})
