import { type Tensor, tensor } from '@headstart/onnx'
import { sizeOf } from '@headstart/onnx/kit'
import { TfjsFormatError } from './errors.js'
import { decodeFloat16 } from './float16.js'
import type { WeightSpec } from './model-json.js'

/** Bytes of one stored element. */
const widths: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1, uint16: 2 }

/**
 * The tensors of one group of shards, which lie one after the other in `bytes`. Quantized weights come as float32, or
 * as int32 where that is what they were: scale * stored + min (uint8, uint16), or widened (float16).
 * @param who Names the group in errors.
 * @throws TfjsFormatError when the bytes are fewer or more than the weights take.
 */
export function decodeWeights(who: string, specs: readonly WeightSpec[], bytes: Uint8Array): [string, Tensor][] {
  let offset = 0
  const take = (spec: WeightSpec, count: number): Uint8Array => {
    if (offset + count > bytes.length) {
      throw new TfjsFormatError(
        `${who}, weight "${spec.name}"`,
        `${count} bytes from byte ${offset} on`,
        `${bytes.length - offset}`,
        'The shards were cut short: get the files again.',
      )
    }
    // A copy, since the bytes of a weight need not begin where its elements could be read.
    return new Uint8Array(bytes.subarray(offset, (offset += count)))
  }
  const tensors = specs.map((spec): [string, Tensor] => {
    if (spec.dtype === 'string') return [spec.name, tensor('string', spec.shape, takeStrings(spec, take))]
    const stored = take(spec, sizeOf(spec.shape) * (widths[spec.quantization?.dtype ?? spec.dtype] as number))
    return [spec.name, toTensor(who, spec, stored)]
  })
  if (offset === bytes.length) return tensors
  throw new TfjsFormatError(
    who,
    `${offset} bytes, which its weights take`,
    `${bytes.length}`,
    'The shards belong to another model.json: get the files again.',
  )
}

function toTensor(who: string, { name, shape, dtype, quantization }: WeightSpec, { buffer }: Uint8Array): Tensor {
  if (!quantization) {
    if (dtype === 'float32') return tensor('float32', shape, new Float32Array(buffer))
    if (dtype === 'int32') return tensor('int32', shape, new Int32Array(buffer))
    return tensor('bool', shape, new Uint8Array(buffer))
  }
  if (quantization.dtype === 'float16') return tensor('float32', shape, decodeFloat16(new Uint16Array(buffer)))
  const { scale, min } = quantization
  if (scale === undefined || min === undefined) {
    throw new TfjsFormatError(
      `${who}, weight "${name}"`,
      'scale and min of its quantization',
      'none',
      'Convert it again.',
    )
  }
  const levels = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer)
  return dtype === 'int32'
    ? tensor(
        'int32',
        shape,
        Int32Array.from(levels, (level) => Math.round(scale * level + min)),
      )
    : tensor(
        'float32',
        shape,
        Float32Array.from(levels, (level) => scale * level + min),
      )
}

/** Each string is its length in bytes (uint32, little-endian) and its UTF-8. */
function takeStrings(spec: WeightSpec, take: (spec: WeightSpec, count: number) => Uint8Array): string[] {
  return Array.from({ length: sizeOf(spec.shape) }, () => {
    const length = new DataView(take(spec, 4).buffer).getUint32(0, true)
    return new TextDecoder().decode(take(spec, length))
  })
}
