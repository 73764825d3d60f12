import type { Dimension, Value } from '@headstart/onnx'
import { known } from '../dims.js'
import { nhwcToNchw, type Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'

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

export const paddingOperators: Readonly<Record<string, Importer>> = {
  Pad: (operation) => pad(operation, 'constant', ''),
  PadV2: (operation) => pad(operation, 'constant', operation.input(2).value),
  MirrorPad: (operation) => {
    const mode = operation.text('mode', 'REFLECT')
    if (mode === 'REFLECT') return pad(operation, 'reflect', '')
    throw operation.refusal('mode REFLECT', mode)
  },
}
