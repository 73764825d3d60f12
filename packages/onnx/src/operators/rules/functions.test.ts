import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { randomTensor } from '../../test/index.js'
import * as functions from './functions.js'

const anything = [{ inputs: [randomTensor([2, 3])] }, { inputs: [randomTensor([], 2)] }]
/** Away from a kink at 0. */
const notNearZero = [{ inputs: [randomTensor([2, 3], 3, 0.3, 2)] }, { inputs: [randomTensor([4], 4, -2, -0.3)] }]
const positive = [{ inputs: [randomTensor([2, 3], 5, 0.3, 3)] }, { inputs: [randomTensor([1], 5, 1, 2)] }]
const belowOne = [{ inputs: [randomTensor([2, 3], 6, -0.8, 0.8)] }]
const aboveOne = [{ inputs: [randomTensor([2, 3], 7, 1.3, 3)] }]

describe('functions of one number', () => {
  testRules(functions, {
    Abs: notNearZero,
    Acos: belowOne,
    Acosh: aboveOne,
    Asin: belowOne,
    Asinh: anything,
    Atan: anything,
    Atanh: belowOne,
    Cos: anything,
    Cosh: anything,
    Erf: anything,
    Exp: anything,
    Log: positive,
    Neg: anything,
    Reciprocal: notNearZero,
    Sigmoid: anything,
    Sin: anything,
    Sinh: anything,
    Softplus: anything,
    Softsign: notNearZero,
    Sqrt: positive,
    Tan: belowOne,
    Tanh: anything,
  })
})
