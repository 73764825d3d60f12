import type { Dimension, Value } from '@headstart/onnx'
import type { Operand } from './operand.js'
import type { Operation } from './operation.js'

/** A tensor of images with channels first, whichever order the node asks for in TensorFlow. */
export interface Images {
  readonly value: Value
  readonly batch: Dimension
  readonly channels: Dimension
  /** Height and width. */
  readonly sizes: readonly [Dimension, Dimension]
}

const isChannelsFirst = (operation: Operation): boolean => operation.text('data_format', 'NHWC') === 'NCHW'

/** An operand as the images that a node with the attribute `data_format` takes. */
export function imagesOf(operation: Operation, operand: Operand): Images {
  if (operand.dims.length !== 4) throw operation.refusal('a tensor of rank 4', `rank ${operand.dims.length}`)
  const [batch, a, b, c] = operand.dims as readonly [Dimension, Dimension, Dimension, Dimension]
  return isChannelsFirst(operation)
    ? { value: operation.write.tf(operand).value, batch, channels: a, sizes: [b, c] }
    : { value: operation.write.nchw(operand).value, batch, channels: c, sizes: [a, b] }
}

/** Images that such a node gives. */
export function operandOf(operation: Operation, { value, batch, channels, sizes }: Images): Operand {
  return isChannelsFirst(operation)
    ? { value, type: 'float32', dims: [batch, channels, ...sizes], layout: 'tf' }
    : { value, type: 'float32', dims: [batch, ...sizes, channels], layout: 'nchw' }
}

/** Of an attribute with one number per axis, those of height and width. */
export function spatial(operation: Operation, attribute: string): [number, number] {
  const [, a = 1, b = 1, c = 1] = operation.numbers(attribute)
  return isChannelsFirst(operation) ? [b, c] : [a, b]
}
