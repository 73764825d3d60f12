import { checkGradient } from '@headstart/onnx/test'
import { float32, Session, type Tensor, tensor } from '@headstart/onnx'
import { expect, it } from 'vitest'
import { graphModel, placeholder } from '../../test/graph-model.js'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { importTfjs } from '../import-tfjs.js'
import { elementwiseOperators } from './elementwise.js'

const shapes = [
  [2, 3, 4, 5],
  [3, 4],
]

/** Of images and of rows, with numbers between two bounds. */
const unary = (low = -3, high = 3): ParityCase[] =>
  shapes.map((dims) => ({ title: `[${dims.join(', ')}]`, inputs: [randomTensor(dims, 1, low, high)] }))

const whole = (dims: readonly number[], seed: number, low: number, high: number): Tensor => {
  const { data } = randomTensor(dims, seed, low, high)
  return tensor('int32', dims, Int32Array.from(data, Math.round))
}
const truth = (dims: readonly number[], seed: number): Tensor =>
  tensor(
    'bool',
    dims,
    Uint8Array.from(randomTensor(dims, seed).data, (value) => (value > 0 ? 1 : 0)),
  )

type Make = (dims: readonly number[], seed: number) => Tensor

/** Both with every shape that broadcasts against images, on either side, fed or constant. */
const broadcast = (make: Make, makeSecond = make): ParityCase[] => {
  const images = [2, 3, 4, 5]
  const others = [images, [], [1], [5], [4, 5], [4, 1], [3, 1, 1], [3, 4, 5], [1, 1, 1, 5], [2, 1, 1, 1]]
  return [
    ...others.flatMap((dims): ParityCase[] => [
      { title: `images and [${dims.join(', ')}]`, inputs: [make(images, 1), makeSecond(dims, 2)] },
      {
        title: `images and the constant [${dims.join(', ')}]`,
        inputs: [make(images, 1), { constant: makeSecond(dims, 2) }],
      },
      { title: `[${dims.join(', ')}] and images`, inputs: [make(dims, 1), makeSecond(images, 2)] },
    ]),
    { title: 'rows', inputs: [make([3, 4], 1), makeSecond([4], 2)] },
    { title: 'more than images', inputs: [make([2, 1, 3, 4, 5], 1), makeSecond([2, 3, 4, 5], 2)] },
  ]
}
/** Of the same shape, with a constant for each channel, and of rows. */
const binary = (make: Make, makeSecond = make): ParityCase[] => [
  { title: 'images', inputs: [make([2, 3, 4, 5], 1), makeSecond([2, 3, 4, 5], 2)] },
  {
    title: 'images and a constant for each channel',
    inputs: [make([2, 3, 4, 5], 1), { constant: makeSecond([5], 2) }],
  },
  { title: 'rows', inputs: [make([3, 4], 1), makeSecond([4], 2)] },
]
const numbers =
  (low = -3, high = 3): Make =>
  (dims, seed) =>
    randomTensor(dims, seed, low, high)
const wholes =
  (low: number, high: number): Make =>
  (dims, seed) =>
    whole(dims, seed, low, high)

/** Some equal, some not. */
const comparable = [...binary(numbers()), ...binary(wholes(-1, 1))]

const chosen = (conditionDims: readonly number[], dims: readonly number[]): ParityCase => ({
  title: `by [${conditionDims.join(', ')}]`,
  inputs: [truth(conditionDims, 1), randomTensor(dims, 2), randomTensor(dims, 3)],
})

const sum = [...binary(numbers()), ...binary(wholes(-9, 9)).map((one) => ({ ...one, title: `whole ${one.title}` }))]

testOperators(elementwiseOperators, {
  Add: [...broadcast(numbers()), ...sum],
  AddV2: sum,
  Sub: sum,
  Mul: sum,
  Maximum: sum,
  Minimum: sum,
  AddN: [
    { title: 'one', inputs: [randomTensor([2, 3, 4, 5], 1)] },
    { title: 'three', inputs: [1, 2, 3].map((seed) => randomTensor([2, 3, 4, 5], seed)), attributes: { N: 3 } },
  ],
  BiasAdd: [
    { title: 'of images', inputs: [randomTensor([2, 3, 4, 5], 1), { constant: randomTensor([5], 2) }] },
    { title: 'of rows', inputs: [randomTensor([3, 4], 1), { constant: randomTensor([4], 2) }] },
  ],
  RealDiv: binary(numbers(), numbers(0.5, 3)),
  Div: binary(numbers(), numbers(0.5, 3)),
  DivNoNan: [
    ...binary(numbers(), numbers(0.5, 3)),
    { title: 'by zero', inputs: [float32([4], [1, -1, 0, 2]), float32([4], [0, 0, 0, 4])] },
  ],
  // Of other numbers TensorFlow.js makes whole ones, TensorFlow does not.
  FloorDiv: binary(wholes(-9, 9), wholes(1, 4)),
  FloorMod: [
    ...binary(numbers(), numbers(0.5, 3)),
    ...binary(wholes(-9, 9), wholes(1, 4)),
    { title: 'of both signs', inputs: [float32([4], [5, -5, 5, -5]), float32([4], [3, 3, -3, -3])] },
  ],
  Mod: binary(numbers(), numbers(0.5, 3)),
  Pow: binary(numbers(0.1, 3), numbers()),
  SquaredDifference: binary(numbers()),
  Less: comparable,
  LessEqual: comparable,
  Greater: comparable,
  GreaterEqual: comparable,
  Equal: comparable,
  NotEqual: comparable,
  LogicalAnd: broadcast(truth),
  LogicalOr: binary(truth),
  LogicalNot: shapes.map((dims) => ({ title: `[${dims.join(', ')}]`, inputs: [truth(dims, 1)] })),
  Select: [chosen([2, 3, 4, 5], [2, 3, 4, 5]), chosen([3, 4], [3, 4])],
  SelectV2: [chosen([2, 3, 4, 5], [2, 3, 4, 5]), chosen([1, 1, 1, 5], [2, 3, 4, 5]), chosen([3, 1], [3, 4])],
  Abs: unary(),
  Neg: unary(),
  Exp: unary(),
  Log: unary(0.1),
  Log1p: unary(-0.9),
  Expm1: unary(),
  Sqrt: unary(0),
  Rsqrt: unary(0.1),
  Square: unary(),
  Reciprocal: unary(0.5),
  Ceil: unary(),
  Floor: unary(),
  Round: [...unary(), { title: 'halves', inputs: [float32([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])] }],
  Sign: [...unary(), { title: 'zero', inputs: [float32([3], [-1, 0, 1])] }],
  Erf: unary(),
  Sin: unary(),
  Cos: unary(),
  Tan: unary(-1, 1),
  Asin: unary(-1, 1),
  Acos: unary(-1, 1),
  Atan: unary(),
  Atan2: [
    ...binary(numbers()),
    {
      title: 'on the axes, at the origin, far out, and on both sides of zero',
      inputs: [
        float32([12], [0, 0, 1, -1, 0, -0, -0, 3, -3, Infinity, -Infinity, 2]),
        float32([12], [1, -1, 0, 0, 0, -2, 2, -0, -3, Infinity, -Infinity, Infinity]),
      ],
    },
  ],
  Sinh: unary(),
  Cosh: unary(),
  Asinh: unary(),
  Acosh: unary(1),
  Atanh: unary(-0.9, 0.9),
  IsNan: [...unary(), { title: 'some', inputs: [float32([3], [Number.NaN, 0, 1])] }],
  ZerosLike: unary(),
  OnesLike: unary(),
})

it('adds a bias to the second axis where the node says that channels are there, as TensorFlow does and TensorFlow.js does not', async () => {
  const node = { name: 'sum', op: 'BiasAdd', inputs: ['x', 'bias'], attributes: { data_format: 'NCHW' } }
  const { model } = await graphModel([placeholder('x', 'float32', [1, 2, 1, 2]), node], {
    bias: float32([2], [10, 20]),
  })
  const session = await Session.create(importTfjs(model, { layout: 'nhwc' }))
  const { sum } = await session.run({ x: float32([1, 2, 1, 2], [1, 2, 3, 4]) })
  expect(sum).toBeAllclose(float32([1, 2, 1, 2], [11, 12, 23, 24]))
})

it('has the derivative of an angle on axes and diagonals, as elsewhere', async () => {
  const node = { name: 'angle', op: 'Atan2', inputs: ['y', 'x'] }
  const sides = ['y', 'x'].map((name) => placeholder(name, 'float32', [6]))
  const { model } = await graphModel([...sides, node])
  const feeds = { y: float32([6], [0, 1, 2, -2, -3, 1]), x: float32([6], [1, 0, 2, -2, 0, 3]) }
  await checkGradient(importTfjs(model), feeds, { by: ['y', 'x'] })
})
