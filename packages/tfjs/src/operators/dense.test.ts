import { testOperators, type ParityCase } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { denseOperators } from './dense.js'

const transposes = [false, true].flatMap((first) => [false, true].map((second) => [first, second] as const))
const matrix = (rows: number, columns: number, isTransposed: boolean, seed: number) =>
  randomTensor(isTransposed ? [columns, rows] : [rows, columns], seed)

const products = (extra: ParityCase['inputs'] = [], attributes: ParityCase['attributes'] = {}): ParityCase[] =>
  transposes.map(([first, second]) => ({
    title: `transposed: ${first}, ${second}`,
    inputs: [matrix(3, 4, first, 1), { constant: matrix(4, 5, second, 2) }, ...extra],
    attributes: { transpose_a: first, transpose_b: second, ...attributes },
  }))

const batches: ParityCase[] = [
  { title: 'of rank 3', inputs: [randomTensor([2, 3, 4], 1), { constant: randomTensor([2, 4, 5], 2) }] },
  { title: 'of rank 4', inputs: [randomTensor([2, 3, 4, 5], 1), randomTensor([2, 3, 5, 2], 2)] },
  {
    title: 'transposed',
    inputs: [randomTensor([2, 4, 3], 1), randomTensor([2, 5, 4], 2)],
    attributes: { adj_x: true, adj_y: true },
  },
  { title: 'one matrix for a batch', inputs: [randomTensor([2, 3, 4], 1), { constant: randomTensor([1, 4, 5], 2) }] },
]

testOperators(denseOperators, {
  MatMul: products(),
  _FusedMatMul: [
    ...products([{ constant: randomTensor([5], 3) }], { fused_ops: ['BiasAdd'], num_args: 1 }),
    ...['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map((activation) => ({
      title: `BiasAdd and ${activation}`,
      inputs: [randomTensor([3, 4], 1), { constant: randomTensor([4, 5], 2) }, { constant: randomTensor([5], 3) }],
      attributes: { fused_ops: ['BiasAdd', activation], num_args: 1, leakyrelu_alpha: 0.3 },
    })),
    {
      title: 'BiasAdd and Prelu',
      inputs: [
        randomTensor([3, 4], 1),
        ...[[4, 5], [5], [5]].map((dims, index) => ({ constant: randomTensor(dims, index + 2) })),
      ],
      attributes: { fused_ops: ['BiasAdd', 'Prelu'], num_args: 2 },
    },
  ],
  BatchMatMul: batches,
  BatchMatMulV2: batches,
})
