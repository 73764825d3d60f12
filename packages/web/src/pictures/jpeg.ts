import type { Chroma, Orientation } from '@headstart/vision/load'

/** What must be known of a JPEG beside its pixels. */
export interface Jpeg {
  /** Its bytes, without their saying how it is to be turned: browsers turn it before it is made smaller, unlike `sharp`. */
  readonly file: Uint8Array<ArrayBuffer>
  /** As it is stored, before it is turned; 0 where the file does not say. */
  readonly width: number
  readonly height: number
  readonly orientation: Orientation
  readonly chroma: Chroma
}

/** Reads the header of a JPEG (ITU-T T.81, annex B); undefined where a file is none. */
export function readJpeg(bytes: Uint8Array<ArrayBuffer>): Jpeg | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  let [file, orientation, chroma]: [Uint8Array<ArrayBuffer>, number, Chroma] = [bytes, 1, 'whole']
  let [width, height] = [0, 0]
  for (const { marker, start, end } of segments(bytes)) {
    const segment = new DataView(bytes.buffer, bytes.byteOffset + start, end - start)
    if (isExif(marker, segment)) {
      const place = orientationIn(segment)
      if (!place) continue
      orientation = segment.getUint16(place.at, place.littleEndian)
      file = bytes.slice()
      new DataView(file.buffer).setUint16(start + place.at, 1, place.littleEndian)
    } else if (isFrame(marker) && segment.byteLength >= 9) {
      ;[height, width] = [segment.getUint16(1), segment.getUint16(3)]
      // Of three components, the first is brightness. It is sampled twice as often as colors, in both directions, or it is not.
      const sampling = segment.byteLength < 15 ? [] : [7, 10, 13].map((at) => segment.getUint8(at))
      chroma = segment.getUint8(5) === 3 && sampling.join() === '34,17,17' ? 'half' : 'whole'
    }
  }
  const known = orientation >= 1 && orientation <= 8
  return { file, width, height, orientation: (known ? orientation : 1) as Orientation, chroma }
}

interface Segment {
  readonly marker: number
  /** Behind its length. */
  readonly start: number
  readonly end: number
}

/** The segments before the pixels: a marker, and the length of what follows, which counts its own two bytes. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    const end = at + 2 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
    if (end > bytes.length || end <= at + 3) return
    yield { marker: bytes[at + 1] as number, start: at + 4, end }
    at = end
  }
}

/** "Start of frame", of any coding; the others of these numbers are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

/** "Exif", two zeros, and a file in the format TIFF. */
function isExif(marker: number, segment: DataView): boolean {
  return marker === 0xe1 && segment.byteLength >= 16 && segment.getUint32(0) === 0x45786966
}

/** Where the tag Orientation stands (EXIF 2.32, section 4.6.4). */
function orientationIn(exif: DataView): { readonly at: number; readonly littleEndian: boolean } | undefined {
  const tiff = 6
  const littleEndian = exif.getUint16(tiff) === 0x4949
  const directory = tiff + exif.getUint32(tiff + 4, littleEndian)
  if (directory + 2 > exif.byteLength) return undefined
  const entries = exif.getUint16(directory, littleEndian)
  for (let entry = 0, at = directory + 2; entry < entries && at + 12 <= exif.byteLength; entry++, at += 12)
    if (exif.getUint16(at, littleEndian) === 274) return { at: at + 8, littleEndian }
  return undefined
}
