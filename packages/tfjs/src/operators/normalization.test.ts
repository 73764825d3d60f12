import { testOperators, type ParityCase } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { normalizationOperators } from './normalization.js'

const cases: ParityCase[] = [1, 5].map((channels) => ({
  title: `${channels} channels`,
  inputs: [
    randomTensor([2, 3, 4, channels], 1),
    ...[2, 3, 4].map((seed) => ({ constant: randomTensor([channels], seed) })),
    { constant: randomTensor([channels], 5, 0, 2) },
  ],
  attributes: { epsilon: 0.003, is_training: false, data_format: 'NHWC' },
}))

testOperators(normalizationOperators, { FusedBatchNorm: cases, FusedBatchNormV2: cases, FusedBatchNormV3: cases })
