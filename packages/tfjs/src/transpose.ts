import { type Tensor } from '@headstart/onnx'
import { sizeOf } from '@headstart/onnx/kit'

/** A tensor with its axes in another order: axis `i` of the result is axis `axes[i]` of the source. */
export function transpose(source: Tensor, axes: readonly number[]): Tensor {
  const dims = axes.map((axis) => source.dims[axis] as number)
  // Step in the source for a step along each axis of the result.
  const steps = axes.map((axis) => sizeOf(source.dims.slice(axis + 1)))
  const result = source.data.slice() as Float32Array
  const from = source.data as Float32Array
  let target = 0
  const walk = (axis: number, offset: number): void => {
    const size = dims[axis]
    const step = steps[axis]
    if (size === undefined || step === undefined) {
      result[target++] = from[offset] as number
      return
    }
    for (let index = 0; index < size; index++) walk(axis + 1, offset + index * step)
  }
  walk(0, 0)
  return { type: source.type, dims, data: result }
}
