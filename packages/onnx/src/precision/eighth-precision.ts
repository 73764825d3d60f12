/** How a float of 8 bits is laid out: bits of its exponent and what is taken from it, and which bits mean no number. */
interface Layout {
  readonly exponent: number
  readonly bias: number
  /** The largest exponent stands for infinity and NaN (IEEE), or only with all bits set for NaN; else -0 is NaN. */
  readonly special: 'exponent' | 'all bits' | 'minus zero'
}

/** Micikevicius et al., "FP8 Formats for Deep Learning", 2022; ONNX, "Float stored in 8 bits". */
const layouts = {
  float8e4m3fn: { exponent: 4, bias: 7, special: 'all bits' },
  float8e4m3fnuz: { exponent: 4, bias: 8, special: 'minus zero' },
  float8e5m2: { exponent: 5, bias: 15, special: 'exponent' },
  float8e5m2fnuz: { exponent: 5, bias: 16, special: 'minus zero' },
} as const satisfies Readonly<Record<string, Layout>>

type Float8 = keyof typeof layouts | 'float8e8m0'

export function isFloat8(type: string): type is Float8 {
  return type.startsWith('float8')
}

/** The numbers for which bytes stand. */
export function fromFloat8(type: Float8, bytes: Uint8Array): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, bits) =>
    type === 'float8e8m0' ? (bits === 255 ? Number.NaN : 2 ** (bits - 127)) : numberOf(layouts[type], bits),
  )
  return Float32Array.from(bytes, (bits) => table[bits] as number)
}

/** A sign, two bits of exponent and one of mantissa: 0, ½, 1, 1½, 2, 3, 4, 6. */
export function fromFloat4(bits: number): number {
  const size = [0, 0.5, 1, 1.5, 2, 3, 4, 6][bits & 7] as number
  return bits & 8 ? -size : size
}

function numberOf({ exponent: width, bias, special }: Layout, bits: number): number {
  const mantissaBits = 7 - width
  const sign = bits & 128 ? -1 : 1
  const exponent = (bits & 127) >> mantissaBits
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits
  if (special === 'minus zero' && bits === 128) return Number.NaN
  if (special === 'all bits' && (bits & 127) === 127) return Number.NaN
  if (special === 'exponent' && exponent === 2 ** width - 1) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias))
}
