import { axisOf, intOf, intsOf } from '../graph/attributes.js'
import type { Node } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'
import { bounded, range } from '../operators/shapes.js'
import {
  fewest,
  type Input,
  isHidden,
  type Known,
  known,
  listOf,
  ofTensor,
  resized,
  scalarOf,
  type ShapeRule,
} from './known.js'
import { expanded } from './pointwise-rules.js'

/** Operators that read shapes, or give what they read another one. */
export const layoutRules: readonly (readonly [string, ShapeRule])[] = [
  [
    'Shape',
    ({ attributes }, [x]) => {
      if (!x) return undefined
      const [start, end] = (['start', 'end'] as const).map((name) =>
        attributes[name]?.kind === 'int' ? attributes[name].value : undefined,
      )
      const values = x.dims.slice(start ?? 0, end)
      return [known([values.length], values)]
    },
  ],
  ['Size', (_, [x]) => x && [known([], [sizeOf(x.dims)])]],
  [
    'Constant',
    ({ attributes }) => {
      const [constant] = Object.values(attributes)
      switch (constant?.kind) {
        case 'tensor':
          return [ofTensor(constant.value)]
        case 'int':
        case 'float':
          return [known([], [constant.value], constant.kind === 'float')]
        case 'ints':
        case 'floats':
          return [known([constant.value.length], constant.value, constant.kind === 'floats')]
        default:
          return undefined
      }
    },
  ],
  [
    'ConstantOfShape',
    ({ attributes }, [shape]) => {
      const dims = shape?.values
      const value = attributes['value']?.kind === 'tensor' ? attributes['value'].value : undefined
      if (!dims) return undefined
      const fill = value && value.type !== 'string' ? Number(value.data[0]) : 0
      const isFew = dims.length <= 1 && sizeOf(dims) <= fewest
      return [
        known(
          dims,
          isFew ? Array.from({ length: sizeOf(dims) }, () => fill) : undefined,
          !value || /float/.test(value.type),
        ),
      ]
    },
  ],
  [
    'Range',
    (_, inputs) => {
      const [start, limit, delta] = inputs.map(scalarOf)
      if (start === undefined || limit === undefined || delta === undefined) return undefined
      const length = Math.max(0, Math.ceil((limit - start) / delta))
      const isReal = inputs.some((input) => input?.isReal)
      return [known([length], length <= fewest ? range(0, length).map((at) => start + at * delta) : undefined, isReal)]
    },
  ],
  [
    'Reshape',
    (node, [x, shape]) => {
      const wanted = listOf(node, 'shape', shape)
      if (!x || !wanted) return undefined
      const copies = intOf(node, 'allowzero', 0) === 0
      const dims = wanted.map((size, axis) => (size === 0 && copies ? (x.dims[axis] ?? Number.NaN) : size))
      const others = dims.filter((size) => size !== -1).reduce((product, size) => product * size, 1)
      return [
        known(
          dims.map((size) => (size === -1 ? sizeOf(x.dims) / others : size)),
          x.values,
          x.isReal,
        ),
      ]
    },
  ],
  [
    'Flatten',
    (node, [x]) => {
      if (!x) return undefined
      const axis = axisOf(intOf(node, 'axis', 1), x.dims.length)
      return [known([sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))])]
    },
  ],
  [
    'Squeeze',
    (node, [x, input]) => {
      if (!x || isHidden(input)) return undefined
      const axes = listOf(node, 'axes', input)?.map((axis) => axisOf(axis, x.dims.length))
      return [
        known(
          x.dims.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
          x.values,
          x.isReal,
        ),
      ]
    },
  ],
  [
    'Unsqueeze',
    (node, [x, input]) => {
      const list = listOf(node, 'axes', input)
      if (!x || !list) return undefined
      const rank = x.dims.length + list.length
      const axes = new Set(list.map((axis) => axisOf(axis, rank)))
      const rest = [...x.dims]
      return [
        known(
          range(0, rank).map((axis) => (axes.has(axis) ? 1 : (rest.shift() ?? Number.NaN))),
          x.values,
          x.isReal,
        ),
      ]
    },
  ],
  [
    'Transpose',
    (node, [x]) => {
      if (!x) return undefined
      const order = intsOf(node, 'perm', range(0, x.dims.length).toReversed())
      return [
        known(
          order.map((axis) => x.dims[axis] ?? Number.NaN),
          x.dims.length <= 1 ? x.values : undefined,
          x.isReal,
        ),
      ]
    },
  ],
  [
    'Concat',
    (node, inputs) => {
      const all = inputs.filter((input): input is Known => input !== undefined)
      const [first] = all
      if (!first) return undefined
      const axis = axisOf(intOf(node, 'axis', 0), first.dims.length)
      const size = all.reduce((sum, { dims }) => sum + (dims[axis] ?? Number.NaN), 0)
      const isList = first.dims.length === 1 && all.every(({ values }) => values)
      const values = isList ? all.flatMap((one) => one.values as number[]) : undefined
      return [known(resized(first.dims, axis, size), values, first.isReal)]
    },
  ],
  ['Split', splitRule],
  ['Slice', sliceRule],
  [
    'Gather',
    (node, [x, indices]) => {
      if (!x || !indices) return undefined
      const axis = axisOf(intOf(node, 'axis', 0), x.dims.length)
      const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]
      const { values } = x
      const picked =
        x.dims.length === 1 && values ? indices.values?.map((at) => values.at(at) ?? Number.NaN) : undefined
      return [known(dims, picked, x.isReal)]
    },
  ],
  ['GatherElements', (_, [, indices]) => indices && [{ dims: indices.dims }]],
  [
    'GatherND',
    (node, [x, indices]) => {
      if (!x || !indices) return undefined
      const depth = intOf(node, 'batch_dims', 0) + (indices.dims.at(-1) ?? Number.NaN)
      return [{ dims: [...indices.dims.slice(0, -1), ...x.dims.slice(depth)] }]
    },
  ],
  ['ScatterElements', (_, [x]) => x && [{ dims: x.dims }]],
  ['ScatterND', (_, [x]) => x && [{ dims: x.dims }]],
  ['Expand', (_, [x, shape]) => (x && shape?.values ? [expanded(x, shape.values)] : undefined)],
  [
    'Tile',
    (_, [x, repeats]) => {
      const times = repeats?.values
      return x && times && [{ dims: x.dims.map((size, axis) => size * (times[axis] ?? Number.NaN)) }]
    },
  ],
  ['Pad', padRule],
  ['Resize', resizeRule],
  ['Upsample', resizeRule],
  ['DepthToSpace', (node, [x]) => blocks(x, intOf(node, 'blocksize', 1), 1)],
  ['SpaceToDepth', (node, [x]) => blocks(x, intOf(node, 'blocksize', 1), -1)],
  [
    'OneHot',
    (node, [indices, depth]) => {
      const size = scalarOf(depth)
      if (!indices || size === undefined) return undefined
      const axis = axisOf(intOf(node, 'axis', -1), indices.dims.length + 1)
      return [{ dims: indices.dims.toSpliced(axis, 0, size) }]
    },
  ],
  [
    'TopK',
    (node, [x, input]) => {
      const k = node.attributes['k'] ? intOf(node, 'k', 0) : scalarOf(input)
      if (!x || k === undefined) return undefined
      const dims = resized(x.dims, axisOf(intOf(node, 'axis', -1), x.dims.length), k)
      return [{ dims }, { dims }]
    },
  ],
]

function splitRule(node: Node, [x, input]: readonly Input[]): readonly Known[] | undefined {
  if (!x || isHidden(input)) return undefined
  const axis = axisOf(intOf(node, 'axis', 0), x.dims.length)
  const size = x.dims[axis] ?? Number.NaN
  const parts = node.outputs.length
  const each = Math.ceil(size / parts)
  const sizes = listOf(node, 'split', input) ?? range(0, parts).map((part) => Math.min(each, size - part * each))
  const { values } = x
  let from = 0
  return sizes.map((length) => {
    const start = from
    from += length
    const own = x.dims.length === 1 ? values?.slice(start, start + length) : undefined
    return known(resized(x.dims, axis, length), own, x.isReal)
  })
}

function sliceRule(node: Node, [x, ...lists]: readonly Input[]): readonly Known[] | undefined {
  if (!x || lists.some(isHidden)) return undefined
  const [starts = [], ends = [], given, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, at) =>
    listOf(node, name, lists[at]),
  )
  const axes = given ?? range(0, starts.length)
  let dims = x.dims
  let { values } = x
  for (const [at, axis] of axes.entries()) {
    const place = axisOf(axis, dims.length)
    const size = dims[place] ?? Number.NaN
    const cut = { axis: place, start: starts[at] ?? Number.NaN, end: ends[at] ?? Number.NaN, step: steps?.[at] ?? 1 }
    const { start, end, step } = bounded(cut, size)
    const length = Math.max(0, Math.ceil((end - start) / step))
    dims = resized(dims, place, length)
    values = x.dims.length === 1 && values ? pick(values, start, step, length) : undefined
  }
  return [known(dims, values, x.isReal)]
}

function pick(values: readonly number[], start: number, step: number, length: number): number[] {
  return range(0, Math.min(length, values.length)).map((at) => values[start + at * step] ?? Number.NaN)
}

function padRule(node: Node, [x, input, , axesInput]: readonly Input[]): readonly Known[] | undefined {
  const pads = listOf(node, 'pads', input)
  if (!x || !pads || isHidden(axesInput)) return undefined
  const axes = (axesInput?.values ?? range(0, x.dims.length)).map((axis) => axisOf(axis, x.dims.length))
  const around = (axis: number): number => {
    const at = axes.indexOf(axis)
    return at < 0 ? 0 : (pads[at] ?? Number.NaN) + (pads[at + axes.length] ?? Number.NaN)
  }
  return [{ dims: x.dims.map((size, axis) => size + around(axis)) }]
}

/** ONNX, Resize: by sizes, or by scales; Upsample by scales. */
function resizeRule(node: Node, [x, ...lists]: readonly Input[]): readonly Known[] | undefined {
  if (!x || node.attributes['keep_aspect_ratio_policy']) return undefined
  const [scales, sizes] = node.opType === 'Upsample' || lists.length === 1 ? lists : lists.slice(1)
  const axes = intsOf(node, 'axes', range(0, x.dims.length)).map((axis) => axisOf(axis, x.dims.length))
  const isScaled = scales !== undefined && sizeOf(scales.dims) > 0
  const attribute = node.attributes['scales']
  const factors = attribute?.kind === 'floats' ? attribute.value : isScaled ? scales.values : undefined
  const wanted = isScaled ? undefined : sizes?.values
  if (!factors && !wanted) return undefined
  return [
    {
      dims: x.dims.map((size, axis) => {
        const at = axes.indexOf(axis)
        if (at < 0) return size
        return wanted ? (wanted[at] ?? Number.NaN) : Math.floor(size * (factors?.[at] ?? Number.NaN))
      }),
    },
  ]
}

/** Blocks of channels that become areas, or the other way round. */
function blocks(x: Input, size: number, direction: 1 | -1): readonly Known[] | undefined {
  if (!x) return undefined
  const [batch = Number.NaN, channels = Number.NaN, ...space] = x.dims
  const factor = size ** direction
  return [{ dims: [batch, channels / factor ** 2, ...space.map((length) => length * factor)] }]
}
