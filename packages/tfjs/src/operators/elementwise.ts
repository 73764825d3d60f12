import type { ElementType } from '@headstart/onnx'
import { align } from '../broadcast.js'
import type { Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { plain, same, unary } from './unary.js'

/** An element-wise operator of several operands, which broadcast. */
function elementwise(operation: Operation, opType: string, operands: readonly Operand[], type?: ElementType): Operand {
  const { values, layout, dims } = align(operation.write, operands)
  return { value: operation.write.op(opType, values), type: type ?? (operands.at(-1) as Operand).type, layout, dims }
}

const binary =
  (opType: string): Importer =>
  (operation) =>
    elementwise(operation, opType, [operation.input(0), operation.input(1)])
const comparison =
  (opType: string): Importer =>
  (operation) =>
    elementwise(operation, opType, [operation.input(0), operation.input(1)], 'bool')
/** A function that ONNX does not have, from some that it has. */
const made =
  (make: (operation: Operation, x: Operand) => Operand): Importer =>
  (operation) =>
    make(operation, operation.input(0))

/** A scalar of the operand's type, as an operand. */
function number(operation: Operation, { type }: Operand, value: number): Operand {
  return { value: operation.write.scalar(value, type), type, dims: [], layout: 'tf' }
}

/** Division of whole numbers rounds down in TensorFlow and towards zero in ONNX: they go through float32, as in TensorFlow.js. */
const floorDivide: Importer = (operation) => {
  const [a, b] = [operation.input(0), operation.input(1)]
  const { write } = operation
  const quotient = elementwise(operation, 'Div', [write.cast(a, 'float32'), write.cast(b, 'float32')])
  return write.cast(unary(operation, quotient, 'Floor'), a.type)
}

/** The remainder with the sign of the divisor: a - floor(a / b) * b. */
const floorModulo: Importer = (operation) => {
  const [a, b] = [operation.input(0), operation.input(1)]
  if (a.type !== 'float32') return elementwise(operation, 'Mod', [a, b])
  const quotient = unary(operation, elementwise(operation, 'Div', [a, b]), 'Floor')
  return elementwise(operation, 'Sub', [a, elementwise(operation, 'Mul', [quotient, b])])
}

const select: Importer = (operation) => {
  const [condition, a, b] = [operation.input(0), operation.input(1), operation.input(2)]
  return elementwise(operation, 'Where', [condition, a, b])
}

/** A bias belongs to the channels, which stand second where the attribute says so. */
const biasAdd: Importer = (operation) => {
  const [x, bias] = [operation.input(0), operation.input(1)]
  if (operation.text('data_format', 'NHWC') === 'NHWC' || x.dims.length < 3)
    return elementwise(operation, 'Add', [x, bias])
  const size = bias.dims[0] ?? ''
  const perChannel = operation.write.reshaped(bias, [size, ...x.dims.slice(2).map(() => 1)])
  return elementwise(operation, 'Add', [operation.write.tf(x), perChannel])
}

/** Whether numbers are below zero; -0 is, as it is to Math.atan2. */
function isNegative(operation: Operation, x: Operand): Operand {
  const zero = number(operation, x, 0)
  const isZero = elementwise(operation, 'Equal', [x, zero], 'bool')
  const signed = elementwise(operation, 'Where', [isZero, unary(operation, x, 'Reciprocal'), x])
  return elementwise(operation, 'Less', [signed, zero], 'bool')
}

/**
 * The angle of (x, y), for which ONNX has no operator: the arc tangent of the shorter side by the longer one, which is at most 1,
 * mirrored into its eighth of the circle. Sides are chosen by `Where` alone: its derivative is right on axes and diagonals too, where
 * those of Abs, Min and Max are not.
 */
const arcTangent2: Importer = (operation) => {
  const [y, x] = [operation.input(0), operation.input(1)]
  const choose = (condition: Operand, a: Operand, b: Operand): Operand =>
    elementwise(operation, 'Where', [condition, a, b])
  const equals = (a: Operand, value: number): Operand =>
    elementwise(operation, 'Equal', [a, number(operation, a, value)], 'bool')
  const minus = (angle: number, other: Operand): Operand =>
    elementwise(operation, 'Sub', [number(operation, other, angle), other])
  const [isBelow, isLeft] = [isNegative(operation, y), isNegative(operation, x)]
  const height = choose(isBelow, unary(operation, y, 'Neg'), y)
  const width = choose(isLeft, unary(operation, x, 'Neg'), x)
  const isSteep = elementwise(operation, 'Greater', [height, width], 'bool')
  const [shorter, longer] = [choose(isSteep, width, height), choose(isSteep, height, width)]
  // Of two sides that are zero there is nothing to divide by; two infinite ones are as long as each other.
  const isInfinite = equals(shorter, Number.POSITIVE_INFINITY)
  const one = number(operation, x, 1)
  const divisor = choose(equals(longer, 0), one, choose(isInfinite, one, longer))
  const eighth = unary(operation, elementwise(operation, 'Div', [choose(isInfinite, one, shorter), divisor]), 'Atan')
  const quarter = choose(isSteep, minus(Math.PI / 2, eighth), eighth)
  const half = choose(isLeft, minus(Math.PI, quarter), quarter)
  return choose(isBelow, unary(operation, half, 'Neg'), half)
}

export const elementwiseOperators: Readonly<Record<string, Importer>> = {
  Add: binary('Add'),
  AddV2: binary('Add'),
  AddN: (operation) => {
    const [first, ...others] = operation.inputs
    return others.reduce((sum, operand) => elementwise(operation, 'Add', [sum, operand]), first ?? operation.input(0))
  },
  BiasAdd: biasAdd,
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  RealDiv: binary('Div'),
  Div: binary('Div'),
  DivNoNan: (operation) => {
    const [a, b] = [operation.input(0), operation.input(1)]
    const zero = number(operation, b, 0)
    const isZero = elementwise(operation, 'Equal', [b, zero], 'bool')
    const divisor = elementwise(operation, 'Where', [isZero, number(operation, b, 1), b])
    return elementwise(operation, 'Where', [isZero, zero, elementwise(operation, 'Div', [a, divisor])])
  },
  FloorDiv: floorDivide,
  FloorMod: floorModulo,
  Mod: floorModulo,
  Pow: binary('Pow'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  SquaredDifference: (operation) => {
    const difference = elementwise(operation, 'Sub', [operation.input(0), operation.input(1)])
    return elementwise(operation, 'Mul', [difference, difference])
  },
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Equal: comparison('Equal'),
  NotEqual: made((operation, a) =>
    unary(operation, elementwise(operation, 'Equal', [a, operation.input(1)], 'bool'), 'Not'),
  ),
  LogicalAnd: comparison('And'),
  LogicalOr: comparison('Or'),
  LogicalNot: plain('Not'),
  Select: select,
  SelectV2: select,
  Abs: plain('Abs'),
  Neg: plain('Neg'),
  Exp: plain('Exp'),
  Log: plain('Log'),
  Sqrt: plain('Sqrt'),
  Ceil: plain('Ceil'),
  Floor: plain('Floor'),
  Round: plain('Round'),
  Sign: plain('Sign'),
  Erf: plain('Erf'),
  Sin: plain('Sin'),
  Cos: plain('Cos'),
  Tan: plain('Tan'),
  Asin: plain('Asin'),
  Acos: plain('Acos'),
  Atan: plain('Atan'),
  Atan2: arcTangent2,
  Sinh: plain('Sinh'),
  Cosh: plain('Cosh'),
  Asinh: plain('Asinh'),
  Acosh: plain('Acosh'),
  Atanh: plain('Atanh'),
  Reciprocal: plain('Reciprocal'),
  IsNan: made((operation, x) => ({ ...unary(operation, x, 'IsNaN'), type: 'bool' })),
  Rsqrt: made((operation, x) => unary(operation, unary(operation, x, 'Sqrt'), 'Reciprocal')),
  Square: made((operation, x) => elementwise(operation, 'Mul', [x, x])),
  Log1p: made((operation, x) => unary(operation, elementwise(operation, 'Add', [x, number(operation, x, 1)]), 'Log')),
  Expm1: made((operation, x) => elementwise(operation, 'Sub', [unary(operation, x, 'Exp'), number(operation, x, 1)])),
  ZerosLike: made((operation, x) => elementwise(operation, 'Mul', [x, number(operation, x, 0)])),
  OnesLike: made((operation, x) => ({
    ...same(x),
    value: operation.write.op('Expand', [operation.write.scalar(1, x.type), operation.write.op('Shape', [x.value])]),
  })),
}
