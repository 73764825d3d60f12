import { random } from '@headstart/core/kit'
import { float32, type Tensor } from '@headstart/onnx'
import { sizeOf } from '@headstart/onnx/kit'

/** Numbers spread evenly from `low` to `high`, the same for the same seed. */
export function randomTensor(dims: readonly number[], seed: number, low = -1, high = 1): Tensor<'float32'> {
  const next = random(seed)
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => low + (high - low) * next.uniform()),
  )
}
