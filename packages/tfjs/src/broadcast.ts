import type { Value } from '@headstart/onnx'
import { broadcastDims } from './dims.js'
import type { GraphWriter } from './graph-writer.js'
import { nhwcToNchw, type Layout, type Operand } from './operand.js'

/** Values that can go together into an element-wise operator, and what comes out. */
export interface Aligned {
  readonly values: readonly Value[]
  readonly layout: Layout
  readonly dims: Operand['dims']
}

/**
 * Operands brought into one layout: if one of them has its channels first, so have the others, for constants are
 * transposed for nothing and another image tensor is on its way to a convolution as well.
 */
export function align(write: GraphWriter, operands: readonly Operand[]): Aligned {
  const dims = broadcastDims(...operands.map((operand) => operand.dims))
  const isNchw = dims.length === 4 && operands.some(({ layout }) => layout === 'nchw')
  return {
    values: operands.map((operand) => (isNchw ? channelsFirst(write, operand) : write.tf(operand)).value),
    layout: isNchw ? 'nchw' : 'tf',
    dims,
  }
}

/** An operand that broadcasts against images in the layout that broadcasts against them with channels first. */
function channelsFirst(write: GraphWriter, operand: Operand): Operand {
  const { dims, layout } = operand
  if (layout === 'nchw' || dims.length === 0) return operand
  if (dims.length === 4) return write.nchw(operand)
  if (dims.length === 1) return dims[0] === 1 ? operand : unsqueezed(write, operand, [1, 2])
  const full = unsqueezed(write, operand, dims.length === 2 ? [0, 1] : [0])
  return write.transposed(full, nhwcToNchw)
}

function unsqueezed(write: GraphWriter, operand: Operand, axes: readonly number[]): Operand {
  const dims = [...operand.dims]
  for (const axis of axes) dims.splice(axis, 0, 1)
  if (operand.tensor) return write.reshaped(operand, dims)
  return {
    ...operand,
    value: write.op('Unsqueeze', [operand.value, write.graph.ints(axes)]),
    dims,
    elements: undefined,
  }
}
