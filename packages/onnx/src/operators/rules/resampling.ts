/** Operators that are a linear map along each axis by itself. */
import { axisOf, intsOf, textOf, without } from '../../graph/attributes.js'
import { computed } from '../facts.js'
import { notDifferentiable, rule, type Step } from '../rule.js'
import { at, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

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
export const Resize = rule(
  computed,
  (step) => {
    const { ops, node, dy } = step
    const x = step.input(0)
    const axes = intsOf(node, 'axes', range(0, x.dims.length)).map((axis) => axisOf(axis, x.dims.length))
    const attributes = without(node.attributes, 'axes', 'keep_aspect_ratio_policy')
    const matrixAlong = (axis: number): TypedValue => {
      const [size, target] = [at(x.dims, axis), at(dy.dims, axis)]
      const output = { type: x.type, dims: [size, target] }
      const scales = step.inputs[2]
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
          .filter((axis) => x.dims[axis] !== dy.dims[axis])
          .reduce((gradient, axis) => adjoint(ops, gradient, matrixAlong(axis), axis), dy),
      undefined,
      notDifferentiable('scales are no parameters'),
    ]
  },
  (node) => {
    const crop = textOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize'
    return crop ? 'cropping while resizing is not covered' : undefined
  },
)

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
