import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { randomTensor } from '../../test/index.js'
import * as einsum from './einsum.js'

const contract = (equation: string, ...shapes: number[][]): RuleCase => ({
  inputs: shapes.map((dims, index) => randomTensor(dims, index + 1)),
  attributes: { equation },
})

describe('contractions', () => {
  testRules(einsum, {
    Einsum: [
      contract('ij,jk->ik', [2, 3], [3, 4]),
      contract('bhqd,bhkd->bhqk', [2, 2, 3, 4], [2, 2, 5, 4]),
      contract('bqhd, bkhd -> bhqk', [2, 3, 2, 4], [2, 5, 2, 4]),
      contract('i,j->ij', [2], [3]),
      contract('ij,ij->', [2, 3], [2, 3]),
      contract('ij->i', [2, 3]),
      contract('ij->ji', [2, 3]),
      contract('ij,jk', [2, 3], [3, 4]),
      contract('...ij,...jk->...ik', [2, 2, 3], [2, 3, 4]),
      contract('...ij,jk->...ik', [2, 2, 3], [3, 4]),
      contract('ij,jk,kl->il', [2, 3], [3, 4], [4, 2]),
      contract('ij,k->ik', [2, 3], [4]),
    ],
  })
})
