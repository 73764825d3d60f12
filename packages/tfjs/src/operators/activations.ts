import { float } from '@headstart/onnx/kit'
import { align } from '../broadcast.js'
import type { Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { plain, same, unary } from './unary.js'

type Activation = (operation: Operation, x: Operand, slope?: Operand) => Operand

/** Activation functions by the name that a fused node gives them. `slope` is the further input of Prelu. */
export const activations: Readonly<Record<string, Activation>> = {
  Linear: (_, x) => x,
  Relu: (operation, x) => unary(operation, x, 'Relu'),
  Relu6: (operation, x) => clip(operation, x, 0, 6),
  Elu: (operation, x) => unary(operation, x, 'Elu'),
  Sigmoid: (operation, x) => unary(operation, x, 'Sigmoid'),
  Tanh: (operation, x) => unary(operation, x, 'Tanh'),
  LeakyRelu: (operation, x) => unary(operation, x, 'LeakyRelu', { alpha: float(leak(operation)) }),
  Prelu: (operation, x, slope) => {
    const { values, layout, dims } = align(operation.write, [x, slope ?? operation.input(1)])
    return { value: operation.write.op('PRelu', values), type: x.type, dims, layout }
  },
}

function leak(operation: Operation): number {
  return operation.number('leakyrelu_alpha', operation.number('alpha', 0.2))
}

/** Numbers cut off below and above. */
export function clip(operation: Operation, x: Operand, low: number, high: number): Operand {
  const { write } = operation
  return { ...same(x), value: write.op('Clip', [x.value, write.scalar(low, x.type), write.scalar(high, x.type)]) }
}

const activation =
  (name: string): Importer =>
  (operation) =>
    (activations[name] as Activation)(operation, operation.input(0))

/** softmax over the last axis, which with channels first is another one. */
const overLastAxis =
  (opType: string): Importer =>
  (operation) => {
    const x = operation.input(0)
    return unary(operation, x, opType, { axis: x.layout === 'nchw' ? 1 : -1 })
  }

export const activationOperators: Readonly<Record<string, Importer>> = {
  Relu: activation('Relu'),
  Relu6: activation('Relu6'),
  Elu: activation('Elu'),
  Sigmoid: activation('Sigmoid'),
  Tanh: activation('Tanh'),
  LeakyRelu: activation('LeakyRelu'),
  Prelu: activation('Prelu'),
  Selu: plain('Selu'),
  Softplus: plain('Softplus'),
  Softmax: overLastAxis('Softmax'),
  LogSoftmax: overLastAxis('LogSoftmax'),
  ClipByValue: (operation) => {
    const { write } = operation
    const x = operation.input(0)
    return { ...same(x), value: write.op('Clip', [x.value, operation.input(1).value, operation.input(2).value]) }
  },
}
