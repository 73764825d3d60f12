import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { random } from '@headstart/core/kit'
import sharp, { type Sharp } from 'sharp'

export type Color = readonly [red: number, green: number, blue: number]

/** A picture of one color, to be encoded. */
export function plain([r, g, b]: Color, width = 24, height = 16): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
}

/** A picture in three rows of two fields each, to be encoded: no two of its corners are alike. */
export function fields(width = 24, height = 36): Sharp {
  const colors: Color[] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 0],
    [0, 255, 255],
    [255, 255, 255],
  ]
  const data = Uint8Array.from({ length: width * height * 3 }, (_, place) => {
    const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)]
    const field = Math.floor((y * 3) / height) * 2 + Math.floor((x * 2) / width)
    return colors[field]?.[place % 3] ?? 0
  })
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** A picture of random colors, brighter the larger `brightness` (0 to 1) is. */
export function noise(seed: number, { brightness = 0.5, width = 20, height = 20 } = {}): Sharp {
  const { uniform } = random(seed)
  const data = Uint8Array.from({ length: width * height * 3 }, () => 255 * Math.min(1, brightness * (0.5 + uniform())))
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** Writes files and the folders in which they lie. A picture is encoded as its ending says. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Sharp | string | Uint8Array>>,
): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    if (typeof contents === 'string' || contents instanceof Uint8Array) await writeFile(path, contents)
    else await contents.toFile(path)
  }
}

/** A TIFF of numbers as microscopes and scanners write them (TIFF 6.0): gray for one number of each pixel, colors for three. */
export function numbersTiff(
  width: number,
  height: number,
  type: 'float' | 'ushort' | 'short',
  values: readonly number[],
  further: readonly (readonly [tag: number, value: number])[] = [],
): Buffer {
  const Type = { float: Float32Array, ushort: Uint16Array, short: Int16Array }[type]
  const data = Buffer.from(Type.from(values).buffer)
  const channels = values.length / (width * height)
  const bits = channels === 1 ? [Type.BYTES_PER_ELEMENT * 8] : Array<number>(3).fill(Type.BYTES_PER_ELEMENT * 8)
  const format = { float: 3, ushort: 1, short: 2 }[type]
  const bitsAt = 8 + data.length
  const tags: [tag: number, value: number, count?: number][] = [
    [256, width],
    [257, height],
    channels === 1 ? [258, bits[0] as number] : [258, bitsAt, 3],
    [259, 1],
    [262, channels === 1 ? 1 : 2],
    [273, 8],
    [277, channels],
    [278, height],
    [279, data.length],
    [339, format],
    ...further.map(([tag, value]): [number, number] => [tag, value]),
  ]
  const file = Buffer.alloc(bitsAt + 6 + 2 + tags.length * 12 + 4)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(bitsAt + 6, 4)
  file.set(data, 8)
  bits.forEach((number, place) => file.writeUInt16LE(number, bitsAt + 2 * place))
  file.writeUInt16LE(tags.length, bitsAt + 6)
  tags.forEach(([tag, value, count = 1], place) => {
    const at = bitsAt + 8 + place * 12
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(count === 1 ? 4 : 3, at + 2)
    file.writeUInt32LE(count, at + 4)
    file.writeUInt32LE(value, at + 8)
  })
  return file
}

/** A PNG of this size by its header, and hardly any pixels. */
export function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A PNG with a further chunk behind its header. */
export function withChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const behind = 8 + 25
  return Buffer.concat([png.subarray(0, behind), chunk(type, data), png.subarray(behind)])
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const content = Buffer.concat([Buffer.from(type), data])
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, check])
}

/** The checksum of PNG (ISO 3309). */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
