import type { AttributeInput } from '@headstart/onnx/kit'
import type { Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'

/** An element-wise ONNX operator of one input. */
export function unary(
  operation: Operation,
  operand: Operand,
  opType: string,
  attributes: Readonly<Record<string, AttributeInput>> = {},
): Operand {
  return { ...same(operand), value: operation.write.op(opType, [operand.value], attributes) }
}

/** Type, shape and layout of an operand for another value. */
export function same({ value, type, dims, layout }: Operand): Operand {
  return { value, type, dims, layout }
}

/** An operator that has the same meaning in TensorFlow and in ONNX. */
export const plain =
  (opType: string): Importer =>
  (operation) =>
    unary(operation, operation.input(0), opType)
