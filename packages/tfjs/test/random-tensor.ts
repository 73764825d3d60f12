import { random } from '@headstart/core'
import { float32, sizeOf, type Tensor } from '@headstart/onnx'

/** Numbers spread evenly from `low` to `high`, the same for the same seed. */
export function randomTensor(dims: readonly number[], seed: number, low = -1, high = 1): Tensor<'float32'> {
  const next = random(seed)
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => low + (high - low) * next.uniform()),
  )
}
