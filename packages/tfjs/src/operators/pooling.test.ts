import { testOperators, type ParityCase } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { poolingOperators } from './pooling.js'

const cases: ParityCase[] = [
  { height: 6, width: 7, size: 2, stride: 2 },
  { height: 6, width: 7, size: 3, stride: 2 },
  { height: 5, width: 8, size: 3, stride: 1 },
  { height: 9, width: 9, size: 4, stride: 3 },
].flatMap(({ height, width, size, stride }) =>
  ['SAME', 'VALID'].map((padding) => ({
    title: `${padding}, ${height}x${width}, window ${size}, stride ${stride}`,
    inputs: [randomTensor([2, height, width, 3], 1)],
    attributes: { ksize: [1, size, size, 1], strides: [1, stride, stride, 1], padding },
  })),
)

testOperators(poolingOperators, { MaxPool: cases, AvgPool: cases })
