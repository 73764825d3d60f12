import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { float32, int64, tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as attention from './attention.js'

const [q, k, v] = [randomTensor([2, 2, 3, 4], 1), randomTensor([2, 2, 5, 4], 2), randomTensor([2, 2, 5, 3], 3)]
const opset = 23
// In double precision onnxruntime takes the specification's function, whose Softmax gives NaN there.
const single = { opset, precision: 'float32' } as const
const longer = randomTensor([2, 2, 7, 4], 1)
const seen = tensor('bool', [3, 5], Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1))
const hidden = float32(
  [3, 5],
  [...seen.data].map((sees, index) => (sees ? index / 10 : -Infinity)),
)
const nothing = tensor('bool', [3, 5], new Uint8Array(15))
const angles = (dims: readonly number[]) => [randomTensor(dims, 21), randomTensor(dims, 22)] as const

describe('attention', () => {
  testRules(attention, {
    Attention: [
      { inputs: [q, k, v], opset },
      { inputs: [q, k, v, randomTensor([3, 5], 4)], attributes: { scale: float(0.4), softcap: float(2) }, opset },
      { inputs: [q, k, v, tensor('bool', [3, 5], Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1))], opset },
      {
        inputs: [q, randomTensor([2, 2, 3, 4], 2), randomTensor([2, 2, 3, 4], 3)],
        attributes: { is_causal: 1 },
        opset,
      },
      { title: 'fewer queries than keys', inputs: [q, k, v], attributes: { is_causal: 1 }, opset },
      { title: 'more queries than keys', inputs: [longer, k, v], attributes: { is_causal: 1 }, opset },
      { title: 'a query that sees no key', inputs: [q, k, v, seen], by: [0, 1, 2], ...single },
      { title: 'a query that sees no key', inputs: [q, k, v, hidden], by: [0, 1, 2], ...single },
      { title: 'both', inputs: [q, k, v, hidden], by: [0, 1, 2], attributes: { is_causal: 1 }, ...single },
      { title: 'no query sees a key', inputs: [q, k, v, nothing], by: [0, 1, 2], ...single },
      {
        title: 'a cache',
        inputs: [q, k, v, '', randomTensor([2, 2, 2, 4], 5), randomTensor([2, 2, 2, 3], 6)],
        attributes: { is_causal: 1 },
        outputs: ['float32', 'float32', 'float32'],
        opset,
      },
      { inputs: [randomTensor([2, 4, 3, 4], 1), k, v], opset },
      {
        inputs: [randomTensor([2, 3, 8], 1), randomTensor([2, 5, 4], 2), randomTensor([2, 5, 6], 3)],
        attributes: { q_num_heads: 4, kv_num_heads: 2 },
        opset,
      },
    ],
    RotaryEmbedding: [
      { inputs: [randomTensor([2, 2, 3, 4], 1), ...angles([5, 2]), int64([2, 3], [0, 2, 1, 3, 3, 0])], opset },
      { inputs: [randomTensor([2, 2, 3, 4], 1), ...angles([2, 3, 2])], attributes: { interleaved: 1 }, opset },
      {
        inputs: [randomTensor([2, 3, 12], 1), ...angles([2, 3, 2])],
        attributes: { num_heads: 2, rotary_embedding_dim: 4 },
        opset,
      },
    ],
  })
})
