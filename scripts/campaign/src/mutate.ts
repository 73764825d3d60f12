import type { Random } from '@headstart/core/kit'

const numbers = [
  '-1',
  '0',
  '1e999',
  '1e-320',
  '4294967296',
  '9223372036854775807',
  'NaN',
  'null',
  '[]',
  '{}',
  '""',
  'true',
]
const pieces = [
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0],
  [0xff],
  [0xc3, 0x28],
  [0x0a],
  [0x22],
]

/** Bytes that are damaged in one to four places: flipped, overwritten, cut, doubled, joined, or with another number. */
export function mutated(bytes: Uint8Array, { below, uniform }: Random): Uint8Array {
  let result = Buffer.from(bytes)
  const changes = 1 + below(4)
  for (let change = 0; change < changes && result.length > 0; change++) {
    const at = below(result.length)
    const length = 1 + below(Math.min(64, result.length - at))
    switch (below(8)) {
      case 0:
        result[at] = (result[at] as number) ^ (1 << below(8))
        break
      case 1:
        result[at] = below(256)
        break
      case 2:
        result.set(pieces[below(pieces.length)]?.slice(0, result.length - at) ?? [], at)
        break
      case 3:
        result = result.subarray(0, at)
        break
      case 4:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)])
        break
      case 5:
        result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)])
        break
      case 6: {
        const to = below(result.length)
        result.copyWithin(to, at, at + length)
        break
      }
      default:
        result = otherNumber(result, uniform() * result.length, numbers[below(numbers.length)] as string)
    }
  }
  return result
}

/** Puts something in the place of the next number of a text. */
function otherNumber(bytes: Buffer, from: number, other: string): Buffer<ArrayBuffer> {
  const text = bytes.toString('latin1')
  const found = /-?\d+(\.\d+)?(e[+-]?\d+)?/i.exec(text.slice(from))
  if (!found) return Buffer.from(bytes)
  const at = Math.floor(from) + found.index
  return Buffer.from(text.slice(0, at) + other + text.slice(at + found[0].length), 'latin1')
}
