/** What the file of a picture says is black and white. */
export interface SaidRange {
  readonly low: number
  readonly high: number
}

/**
 * The range of numbers that a file says: `SMinSampleValue` and `SMaxSampleValue` of a TIFF (TIFF 6.0, section 8 of part 2), the
 * significant bits of a PNG of 16 bits (`sBIT`, ISO 15948, 11.3.3.4). Undefined where it says nothing. (`MaxSampleValue` "is not to be used
 * to affect the visual appearance of an image", as TIFF 6.0 says.)
 */
export function saidRange(bytes: Uint8Array): SaidRange | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return bytes[0] === 0x89 ? ofPng(view) : ofTiff(view)
  } catch (error) {
    // What ends early is for the decoder to refuse.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function ofPng(view: DataView): SaidRange | undefined {
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const name = view.getUint32(at + 4)
    if (name === chunk('IDAT')) return undefined
    if (name === chunk('sBIT')) return { low: 0, high: 2 ** view.getUint8(at + 8) - 1 }
  }
  return undefined
}

function chunk(name: string): number {
  return Buffer.from(name, 'latin1').readUInt32BE()
}

const tags = { low: 340, high: 341 } as const
/** Bytes of a number, and how it is read, by the type of a field. */
const types: Readonly<
  Record<number, [bytes: number, read: (view: DataView, at: number, isLittle: boolean) => number]>
> = {
  1: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, isLittle) => view.getUint16(at, isLittle)],
  4: [4, (view, at, isLittle) => view.getUint32(at, isLittle)],
  8: [2, (view, at, isLittle) => view.getInt16(at, isLittle)],
  9: [4, (view, at, isLittle) => view.getInt32(at, isLittle)],
  11: [4, (view, at, isLittle) => view.getFloat32(at, isLittle)],
  12: [8, (view, at, isLittle) => view.getFloat64(at, isLittle)],
}

/** Of the first picture of a classic TIFF; all channels alike. */
function ofTiff(view: DataView): SaidRange | undefined {
  const isLittle = view.getUint16(0) === 0x4949
  if (view.getUint16(2, isLittle) !== 42) return undefined
  const directory = view.getUint32(4, isLittle)
  const fieldOf = (tag: number): number | undefined => {
    for (let field = 0; field < view.getUint16(directory, isLittle); field++) {
      const at = directory + 2 + 12 * field
      const type = types[view.getUint16(at + 2, isLittle)]
      if (view.getUint16(at, isLittle) !== tag || !type) continue
      const [bytes, read] = type
      const fits = bytes * view.getUint32(at + 4, isLittle) <= 4
      return read(view, fits ? at + 8 : view.getUint32(at + 8, isLittle), isLittle)
    }
    return undefined
  }
  const [low = 0, high] = [fieldOf(tags.low), fieldOf(tags.high)]
  return high !== undefined && high > low ? { low, high } : undefined
}
