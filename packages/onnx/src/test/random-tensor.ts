import { sizeOf, type Tensor, tensor } from '../graph/tensor.js'

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A float32 tensor of numbers between two bounds, the same for the same seed. */
export function randomTensor(dims: readonly number[], seed = 1, low = -2, high = 2): Tensor<'float32'> {
  const next = randomNumbers(seed)
  return tensor(
    'float32',
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => low + (high - low) * next()),
  )
}
