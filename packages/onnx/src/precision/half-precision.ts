/** Numbers of 16 bits in single precision, by their bits. */

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  numbers ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => numberOf(half))
  const result = new Float32Array(bits.length)
  for (let index = 0; index < result.length; index++) result[index] = numbers[bits[index] as number] as number
  return result
}

/** For what each pattern of bits stands: there are fewer of them than weights in a network. */
let numbers: Float32Array | undefined

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The upper half of a number in single precision. */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer)
}
