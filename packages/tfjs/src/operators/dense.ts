import type { Dimension } from '@headstart/onnx'
import { broadcastDims } from '../dims.js'
import type { Operand } from '../operand.js'
import type { Importer, Operation } from '../operation.js'
import { fusionOf } from './fused.js'

/** Product of two matrices (of several, where a layer is applied along further axes), a bias on its rows, an activation. */
const matMul: Importer = (operation) => {
  const { write } = operation
  const [a, b] = [write.tf(operation.input(0)), write.tf(operation.input(1))]
  const { bias, activate } = fusionOf(operation, 2)
  if (a.dims.length !== 2 || b.dims.length !== 2) {
    const product = batchProduct(operation, a, b, 'transpose_a', 'transpose_b')
    return activate(bias ? { ...product, value: write.op('Add', [product.value, write.tf(bias).value]) } : product)
  }
  const [transA, transB] = [operation.flag('transpose_a'), operation.flag('transpose_b')]
  const dims = [a.dims[transA ? 1 : 0], b.dims[transB ? 0 : 1]] as Dimension[]
  const value =
    bias || transA || transB
      ? write.op('Gemm', [a.value, b.value, ...(bias ? [write.tf(bias).value] : [])], {
          ...(transA && { transA: 1 }),
          ...(transB && { transB: 1 }),
        })
      : write.op('MatMul', [a.value, b.value])
  return activate({ value, type: a.type, dims, layout: 'tf' })
}

function batchProduct(operation: Operation, a: Operand, b: Operand, first: string, second: string): Operand {
  const { write } = operation
  const oriented = (x: Operand, flag: string): Operand => {
    if (!operation.flag(flag)) return write.tf(x)
    const axes = x.dims.map((_, axis) => axis)
    return write.transposed(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
  }
  const [left, right] = [oriented(a, first), oriented(b, second)]
  const batch = broadcastDims(left.dims.slice(0, -2), right.dims.slice(0, -2))
  const dims = [...batch, left.dims.at(-2) ?? '', right.dims.at(-1) ?? '']
  return { value: write.op('MatMul', [left.value, right.value]), type: a.type, dims, layout: 'tf' }
}

const batchMatMul: Importer = (operation) =>
  batchProduct(operation, operation.input(0), operation.input(1), 'adj_x', 'adj_y')

export const denseOperators: Readonly<Record<string, Importer>> = {
  MatMul: matMul,
  _FusedMatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
}
