import { broadcast } from '../operators/shapes.js'
import { type Known, known, mostValues, type ShapeRule } from './known.js'

/** An operator whose outputs are of the shape of its first input. */
export const same: ShapeRule = ({ outputs }, [x]) => x && outputs.map(() => ({ dims: x.dims }))

const truncated = (value: number): number => Math.trunc(value)

/** Of one value: each element by itself. */
function unary(compute: (x: number) => number): ShapeRule {
  return (_, [x]) => x && [known(x.dims, x.values?.map(compute), x.isReal)]
}

/** Of several values that broadcast. */
function pointwise(compute?: (...all: number[]) => number, isReal?: false): ShapeRule {
  return (_, inputs) => {
    const all = inputs.filter((input): input is Known => input !== undefined)
    const dims = broadcast(...all.map((one) => one.dims))
    return [known(dims, compute && elements(all, dims, compute), isReal ?? all.some((one) => one.isReal))]
  }
}

/** Elements of values that broadcast, where all are known and of one axis at most. */
function elements(
  all: readonly Known[],
  dims: readonly number[],
  compute: (...all: number[]) => number,
): readonly number[] | undefined {
  const count = dims[0] ?? 1
  if (dims.length > 1 || count > mostValues || all.some(({ values }) => values === undefined)) return undefined
  return Array.from({ length: count }, (_, at) =>
    compute(...all.map(({ values = [] }) => (values.length === 1 ? values[0] : values[at]) ?? Number.NaN)),
  )
}

const flag = (compute: (a: number, b: number) => boolean): ShapeRule =>
  pointwise((a = 0, b = 0) => Number(compute(a, b)), false)

/** Whole numbers are divided as in C. */
const divide: ShapeRule = (_, inputs) => {
  const isReal = inputs.some((input) => input?.isReal)
  return pointwise((a = 0, b = 0) => (isReal ? a / b : truncated(a / b)))(_, inputs)
}

/** `Cast` to a floating-point number, or to something else: numbers of TensorProto.DataType. */
const floats: ReadonlySet<number> = new Set([1, 10, 11, 16])
const boolean = 9

const cast: ShapeRule = ({ attributes }, [x]) => {
  if (!x) return undefined
  const to = attributes['to']?.kind === 'int' ? attributes['to'].value : 1
  if (floats.has(to)) return [known(x.dims, x.values, true)]
  return [known(x.dims, x.values?.map(to === boolean ? (value) => Number(value !== 0) : truncated))]
}

const like = (names: string, rule: ShapeRule): [string, ShapeRule][] => names.split(' ').map((name) => [name, rule])

/** Operators that compute each element by itself. */
export const pointwiseRules: readonly (readonly [string, ShapeRule])[] = [
  ...like(
    'Acos Acosh Asin Asinh Atan Atanh BitwiseNot CastLike Celu Clip Cos Cosh CumSum DequantizeLinear Dropout Elu Erf Exp EyeLike Gelu Hardmax HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log LogSoftmax LpNormalization LRN MeanVarianceNormalization Mish QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sin Sinh Softmax Softplus Softsign Swish Tan Tanh ThresholdedRelu Trilu LabelEncoder BiasGelu FastGelu QuickGelu',
    same,
  ),
  ...like(
    'Identity',
    unary((x) => x),
  ),
  ...like('Abs', unary(Math.abs)),
  ...like(
    'Neg',
    unary((x) => -x),
  ),
  ...like('Sign', unary(Math.sign)),
  ...like('Floor', unary(Math.floor)),
  ...like('Ceil', unary(Math.ceil)),
  ...like('Sqrt', unary(Math.sqrt)),
  ...like(
    'Not',
    unary((x) => Number(x === 0)),
  ),
  ...like('Cast', cast),
  ...like(
    'Add',
    pointwise((a = 0, b = 0) => a + b),
  ),
  ...like(
    'Sub',
    pointwise((a = 0, b = 0) => a - b),
  ),
  ...like(
    'Mul',
    pointwise((a = 0, b = 0) => a * b),
  ),
  ...like('Div', divide),
  // ONNX, Mod: of the divisor's sign, as in Python.
  ...like(
    'Mod',
    pointwise((a = 0, b = 0) => a - b * Math.floor(a / b)),
  ),
  ...like(
    'Min',
    pointwise((...all) => Math.min(...all)),
  ),
  ...like(
    'Max',
    pointwise((...all) => Math.max(...all)),
  ),
  ...like(
    'Where',
    pointwise((which = 0, a = 0, b = 0) => (which ? a : b)),
  ),
  ...like(
    'Equal',
    flag((a, b) => a === b),
  ),
  ...like(
    'Greater',
    flag((a, b) => a > b),
  ),
  ...like(
    'GreaterOrEqual',
    flag((a, b) => a >= b),
  ),
  ...like(
    'Less',
    flag((a, b) => a < b),
  ),
  ...like(
    'LessOrEqual',
    flag((a, b) => a <= b),
  ),
  ...like(
    'And',
    flag((a, b) => a !== 0 && b !== 0),
  ),
  ...like(
    'Or',
    flag((a, b) => a !== 0 || b !== 0),
  ),
  ...like('BitShift BitwiseAnd BitwiseOr BitwiseXor Mean Pow PRelu Sum Xor', pointwise()),
]

/** The shape that a value is broadcast to. */
export function expanded(x: Known, shape: readonly number[]): Known {
  return known(
    broadcast(x.dims, shape),
    shape.length <= 1 ? elements([x], shape, (value = 0) => value) : undefined,
    x.isReal,
  )
}
