import type { Dimension, Value } from '@headstart/onnx'
import { known } from '../dims.js'
import { nhwcToNchw, onnxAxis, type Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { same } from './unary.js'
import { far, slice } from './slicing.js'

/** Elements added around, as many as the second input says: `[rank, 2]`, before and after along each axis. */
function pad(operation: Operation, mode: string, beyond: Value | ''): Operand {
  const { write } = operation
  const x = operation.input(0)
  const paddings = operation.ints(1, 'paddings')
  const before = x.dims.map((_, axis) => paddings[2 * axis] ?? 0)
  const after = x.dims.map((_, axis) => paddings[2 * axis + 1] ?? 0)
  const inOrder = (amounts: readonly number[]): readonly number[] =>
    x.layout === 'nchw' ? nhwcToNchw.map((axis) => amounts[axis] as number) : amounts
  const pads = write.graph.ints([...inOrder(before), ...inOrder(after)])
  const dims = x.dims.map((dim, axis): Dimension => {
    const amount = (before[axis] as number) + (after[axis] as number)
    return amount === 0 ? dim : known([dim], (size) => size + amount)
  })
  const value = write.op('Pad', [x.value, pads, ...(beyond === '' ? [] : [beyond])], { mode })
  return { value, type: x.type, dims, layout: x.layout }
}

/** Mirrored with the outermost element, which ONNX's Pad leaves out: slices read backwards, around the whole. */
function padSymmetric(operation: Operation): Operand {
  const { write } = operation
  const paddings = operation.ints(1, 'paddings')
  return operation.input(0).dims.reduce(
    (x: Operand, dim, axis): Operand => {
      const [before = 0, after = 0] = paddings.slice(2 * axis)
      if (before === 0 && after === 0) return x
      const parts = [
        ...(before > 0 ? [slice(operation, x, [{ axis, begin: before - 1, end: -far, step: -1 }]).value] : []),
        x.value,
        ...(after > 0 ? [slice(operation, x, [{ axis, begin: far, end: -after - 1, step: -1 }]).value] : []),
      ]
      const size = known([dim], (length) => length + before + after)
      return { ...x, value: write.op('Concat', parts, { axis: onnxAxis(x, axis) }), dims: x.dims.with(axis, size) }
    },
    same(operation.input(0)),
  )
}

export const paddingOperators: Readonly<Record<string, Importer>> = {
  Pad: (operation) => pad(operation, 'constant', ''),
  PadV2: (operation) => pad(operation, 'constant', operation.input(2).value),
  MirrorPad: (operation) =>
    operation.text('mode', 'REFLECT') === 'REFLECT' ? pad(operation, 'reflect', '') : padSymmetric(operation),
}
