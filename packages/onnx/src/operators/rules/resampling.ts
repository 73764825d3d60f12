/** Operators that take pixels from other places: linear maps along each axis by itself, and anywhere. */
import { axisOf, intOf, intsOf, textOf, without } from '../../graph/attributes.js'
import { float } from '../../graph/builder.js'
import { sizeOf } from '../../graph/tensor.js'
import { computed } from '../facts.js'
import { composition, notDifferentiable, rule, type Step } from '../rule.js'
import { at, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { positions } from '../window.js'

/**
 * The adjoint of a linear map along one axis, given by its matrix `[in, out]`: dx = dy · matrixᵀ.
 */
function adjoint(ops: TensorOps, dy: TypedValue, matrix: TypedValue, axis: number): TypedValue {
  const rank = dy.dims.length
  if (axis === rank - 1) return ops.matMul(dy, matrix, { transB: true })
  if (axis === rank - 2) return ops.matMul(matrix, dy)
  const perm = [...range(0, axis), ...range(axis + 1, rank), axis]
  const back = ops.matMul(ops.transpose(dy, perm), matrix, { transB: true })
  return ops.transpose(
    back,
    range(0, rank).map((other) => perm.indexOf(other)),
  )
}

/**
 * Interpolation, whatever the mode: what the operator makes of the rows of an identity matrix is the matrix of its map
 * along one axis. onnxruntime computes it once, when the graph is loaded.
 */
export const Resize = rule(computed, (step) => {
  const { ops, node, dy } = step
  const x = step.input(0)
  const axes = intsOf(node, 'axes', range(0, x.dims.length)).map((axis) => axisOf(axis, x.dims.length))
  const attributes = without(node.attributes, 'axes', 'keep_aspect_ratio_policy')
  const crops = textOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize'
  const matrixAlong = (axis: number): TypedValue => {
    const [size, target] = [at(x.dims, axis), at(dy.dims, axis)]
    const output = { type: x.type, dims: [size, target] }
    const scales = step.inputs[2]
    if (crops) {
      // The part that is cut out: all beginnings, then all ends, as fractions. What lies outside does not depend on x.
      const place = axes.indexOf(axis)
      const ends = ops.op('Gather', [step.input(1), ops.ints([place, place + axes.length])], {
        type: 'float32',
        dims: [2],
      })
      const [begin, end] = [0, 1].map((start) => ops.slice(ends, [{ axis: 0, start, end: start + 1 }])) as [
        TypedValue,
        TypedValue,
      ]
      const part = ops.concat([ops.constant('float32', [1], [0]), begin, ops.constant('float32', [1], [1]), end], 0)
      const inside = { ...attributes, extrapolation_value: float(0) }
      return ops.op('Resize', [ops.eye(size, x), part, undefined, ops.ints([size, target])], output, inside)
    }
    if (!scales || scales.dims[0] === 0) {
      return ops.op('Resize', [ops.eye(size, x), undefined, undefined, ops.ints([size, target])], output, attributes)
    }
    const scale = ops.op('Gather', [scales, ops.ints([axes.indexOf(axis)])], { type: 'float32', dims: [1] })
    const both = ops.concat([ops.constant('float32', [1], [1]), scale], 0)
    return ops.op('Resize', [ops.eye(size, x), undefined, both], output, attributes)
  }
  return [
    () =>
      axes
        .filter((axis) => crops || x.dims[axis] !== dy.dims[axis])
        .reduce((gradient, axis) => adjoint(ops, gradient, matrixAlong(axis), axis), dy),
    undefined,
    notDifferentiable('scales are no parameters'),
  ]
})

/**
 * Pixels at given places, `[batch, ...out, axes]`, each coordinate from -1 to 1, last axis of space first: sums of the pixels around,
 * by how near they are. (Jaderberg et al., "Spatial Transformer Networks", 2015, equation 3)
 */
export const GridSample = composition(computed, ({ ops, node, input }) => {
  const [x, grid] = [input(0), input(1)]
  const [batch, channels, ...space] = x.dims as [number, number, ...number[]]
  const isAligned = intOf(node, 'align_corners', 0) !== 0
  const padding = textOf(node, 'padding_mode', 'zeros')
  const out = grid.dims.slice(1, -1)
  const places = [batch, 1, sizeOf(out)]
  const flat = ops.reshape(x, [batch, channels, sizeOf(space)])

  const coordinates = space.map((size, axis) => {
    const start = space.length - 1 - axis
    const given = ops.reshape(ops.slice(grid, [{ axis: grid.dims.length - 1, start, end: start + 1 }]), places)
    const reach = isAligned ? size - 1 : size
    return ops.add(ops.scale(given, reach / 2), ops.scalar((size - 1) / 2, given))
  })
  /** The pixels at whole numbers along each axis; outside of the image, what the padding says. */
  const pixelsAt = (whole: readonly TypedValue[]): TypedValue => {
    const within = whole.map((index, axis) => {
      const last = at(space, axis) - 1
      const inside =
        padding === 'reflection' ? reflected(ops, index, isAligned ? 0 : -0.5, isAligned ? last : last + 0.5) : index
      return ops.op('Clip', [inside, ops.scalar(0, index), ops.scalar(last, index)], index)
    })
    const numbers = within.map((index, axis) => ops.scale(ops.cast(index, 'int64'), sizeOf(space.slice(axis + 1))))
    const dims = [batch, channels, sizeOf(out)]
    const indices = ops.expand(
      numbers.reduce((sum, number) => ops.add(sum, number)),
      dims,
    )
    const pixels = ops.op('GatherElements', [flat, indices], { type: x.type, dims }, { axis: 2 })
    if (padding !== 'zeros') return pixels
    return whole.reduce(
      (sum, index, axis) => ops.mul(sum, ops.indicator('Equal', index, within[axis] as TypedValue)),
      pixels,
    )
  }
  const mode = textOf(node, 'mode', 'linear')
  const isNearest = mode === 'nearest'
  const firsts = coordinates.map((one) => ops.unary(isNearest ? 'Round' : 'Floor', one))
  const steps = isNearest ? [0] : mode.endsWith('cubic') ? [-1, 0, 1, 2] : [0, 1]
  const nearness = coordinates.map((one, axis) => {
    const rest = ops.sub(one, firsts[axis] as TypedValue)
    return isNearest ? undefined : steps.map((step) => nearnessOf(ops, rest, step, steps.length === 4))
  })
  const parts = positions(space.map(() => steps.length)).map((tuple) => {
    const pixels = pixelsAt(
      tuple.map((place, axis) => ops.add(firsts[axis] as TypedValue, ops.scalar(steps[place] as number, grid))),
    )
    return tuple.reduce((product, place, axis) => {
      const near = nearness[axis]?.[place]
      return near ? ops.mul(product, near) : product
    }, pixels)
  })
  return [ops.reshape(parts.length === 1 ? (parts[0] as TypedValue) : ops.sum(parts), [batch, channels, ...out])]
})

/** A place outside of bounds, mirrored at them as often as needed. */
function reflected(ops: TensorOps, x: TypedValue, low: number, high: number): TypedValue {
  if (high === low) return ops.full(low, x)
  const size = high - low
  const away = ops.unary('Abs', ops.sub(x, ops.scalar(low, x)))
  const turn = ops.op('Mod', [away, ops.scalar(2 * size, x)], x, { fmod: 1 })
  return ops.sub(ops.scalar(high, x), ops.unary('Abs', ops.sub(turn, ops.scalar(size, x))))
}

/** What a pixel counts that lies `step` from the one before the place, which is `rest` behind that one. */
function nearnessOf(ops: TensorOps, rest: TypedValue, step: number, isCubic: boolean): TypedValue {
  const distance = step <= 0 ? ops.add(rest, ops.scalar(-step, rest)) : ops.sub(ops.scalar(step, rest), rest)
  if (!isCubic) return ops.sub(ops.scalar(1, rest), distance)
  // Keys, "Cubic Convolution Interpolation", 1981, equation 4, with a = -3/4: ((c₃ d + c₂) d + c₁) d + c₀
  const a = -0.75
  const coefficients = step === 0 || step === 1 ? [a + 2, -(a + 3), 0, 1] : [a, -5 * a, 8 * a, -4 * a]
  return coefficients
    .map((coefficient) => ops.scalar(coefficient, rest))
    .reduce((sum, coefficient) => ops.add(ops.mul(sum, distance), coefficient))
}

/** dx is the part of dy that is not padding; where the padding repeats elements, these get its gradient as well. */
export const Pad = rule(computed, (step) => {
  const { ops, node, dy } = step
  const x = step.input(0)
  const rank = x.dims.length
  const axes = step.valuesOr(3, range(0, rank)).map((axis) => axisOf(axis, rank))
  const pads = step.values(1)
  const mode = textOf(node, 'mode', 'constant')
  const along = axes.map((axis, index) => ({ axis, begin: at(pads, index), end: at(pads, index + axes.length) }))
  const inside = (): TypedValue => {
    const cuts = along.map(({ axis, begin, end }) => {
      return { axis, start: Math.max(0, begin), end: at(dy.dims, axis) - Math.max(0, end) }
    })
    // What a negative padding cut off gets no gradient.
    return along.reduce(
      (gradient, { axis, begin, end }) => ops.padAxis(gradient, axis, Math.max(0, -begin), Math.max(0, -end)),
      ops.slice(dy, cuts),
    )
  }
  const repeated = (): TypedValue =>
    along
      .filter(({ begin, end }) => begin !== 0 || end !== 0)
      .reduce((gradient, { axis, begin, end }) => {
        const size = at(x.dims, axis)
        const dims = [size, size + begin + end]
        const matrix = ops.op('Pad', [ops.eye(size, x), ops.ints([0, begin, 0, end])], { type: x.type, dims }, { mode })
        return adjoint(ops, gradient, matrix, axis)
      }, dy)
  const value = step.inputs[2]
  return [
    () => (mode === 'constant' ? inside() : repeated()),
    undefined,
    value && (() => ops.sub(ops.reshape(total(step, dy), value.dims), ops.reshape(total(step, inside()), value.dims))),
  ]
})

function total({ ops }: Step, x: TypedValue): TypedValue {
  return ops.reduceSum(x, range(0, x.dims.length))
}
