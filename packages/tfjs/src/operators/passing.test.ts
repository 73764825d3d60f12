import { testOperators, type ParityCase } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { passingOperators } from './passing.js'

const cases: ParityCase[] = [
  [2, 3, 4, 5],
  [3, 4],
].map((dims) => ({ title: `[${dims.join(', ')}]`, inputs: [randomTensor(dims, 1)] }))

testOperators(passingOperators, {
  Identity: cases,
  IdentityN: [{ title: 'two', inputs: [randomTensor([2, 3, 4, 5], 1), randomTensor([3, 4], 2)], outputs: 2 }],
  StopGradient: cases,
  Snapshot: cases,
  PlaceholderWithDefault: cases,
})
