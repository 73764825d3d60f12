import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

/*
 * A segment is a file of features that is written once and never changed. Integers are little-endian, 32 bits:
 *
 *     magic 'HSFC' | format version | number of entries n | CRC-32 of the bytes before and of the index
 *     index: n times  key (32 bytes) | length in floats | CRC-32 of the payload
 *     payloads: float32 in the byte order of the machine, one after the other in the order of the index
 *
 * So the size of the file follows from its index: a truncated file is known without reading its payloads.
 */
const magic = 'HSFC'
const version = 1
const headerBytes = 16
const keyBytes = 32
const entryBytes = keyBytes + 8

/** Payloads with at most this many bytes between them are read together. */
const largestGap = 64 * 1024
/** Bytes after which a common read ends. */
const largestRead = 8 * 1024 * 1024

/** Where the features of one key lie in a segment. */
export interface SegmentEntry {
  /** Bytes from the beginning of the file. */
  readonly offset: number
  /** Number of floats. */
  readonly length: number
  /** CRC-32 of the payload. */
  readonly checksum: number
}

/** The entries of a segment by key (SHA-256, as hexadecimal digits). */
export type SegmentIndex = ReadonlyMap<string, SegmentEntry>

/** The bytes of a segment file with these features by key, and their index. */
export function encodeSegment(features: ReadonlyMap<string, Float32Array>): { bytes: Uint8Array; index: SegmentIndex } {
  let offset = headerBytes + entryBytes * features.size
  const size = [...features.values()].reduce((sum, { byteLength }) => sum + byteLength, offset)
  const bytes = Buffer.alloc(size)
  const index = new Map<string, SegmentEntry>()
  let position = headerBytes
  for (const [key, values] of features) {
    const payload = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const checksum = crc32(payload)
    index.set(key, { offset, length: values.length, checksum })
    bytes.write(key, position, 'hex')
    bytes.writeUInt32LE(values.length, position + keyBytes)
    bytes.writeUInt32LE(checksum, position + keyBytes + 4)
    bytes.set(payload, offset)
    position += entryBytes
    offset += payload.length
  }
  bytes.write(magic, 'latin1')
  bytes.writeUInt32LE(version, 4)
  bytes.writeUInt32LE(features.size, 8)
  bytes.writeUInt32LE(indexChecksum(bytes, bytes.subarray(headerBytes, position)), 12)
  return { bytes, index }
}

/**
 * Reads the index of a segment file and nothing else of it.
 * @returns 'damaged' for a file that is no whole segment, 'other version' for a segment of another format version
 */
export async function readSegmentIndex(path: string): Promise<SegmentIndex | 'damaged' | 'other version'> {
  return withFile(path, async (file) => {
    const { size } = await file.stat()
    const header = await read(file, 0, headerBytes)
    if (size < headerBytes || header.toString('latin1', 0, 4) !== magic) return 'damaged'
    if (header.readUInt32LE(4) !== version) return 'other version'
    const count = header.readUInt32LE(8)
    let offset = headerBytes + entryBytes * count
    if (offset > size) return 'damaged'
    const bytes = await read(file, headerBytes, entryBytes * count)
    if (indexChecksum(header, bytes) !== header.readUInt32LE(12)) return 'damaged'

    const index = new Map<string, SegmentEntry>()
    for (let position = 0; position < bytes.length; position += entryBytes) {
      const length = bytes.readUInt32LE(position + keyBytes)
      const checksum = bytes.readUInt32LE(position + keyBytes + 4)
      index.set(bytes.toString('hex', position, position + keyBytes), { offset, length, checksum })
      offset += 4 * length
    }
    return offset === size ? index : 'damaged'
  })
}

/** Reads the features at some entries of a segment file, as copies in the order asked; undefined for a damaged one. */
export async function readPayloads(
  path: string,
  entries: readonly SegmentEntry[],
): Promise<(Float32Array | undefined)[]> {
  const payloads: (Float32Array | undefined)[] = Array.from({ length: entries.length })
  await withFile(path, async (file) => {
    for (const { start, end, places } of runs(entries)) {
      const bytes = await read(file, start, end - start)
      for (const { place, entry } of places) {
        const from = entry.offset - start
        const payload = bytes.subarray(from, from + 4 * entry.length)
        if (crc32(payload) !== entry.checksum) continue
        const features = new Float32Array(entry.length)
        new Uint8Array(features.buffer).set(payload)
        payloads[place] = features
      }
    }
  })
  return payloads
}

/** Neighboring payloads that are read together. */
interface Run {
  readonly start: number
  end: number
  readonly places: { readonly place: number; readonly entry: SegmentEntry }[]
}

function runs(entries: readonly SegmentEntry[]): Run[] {
  const places = entries.map((entry, place) => ({ place, entry })).sort((a, b) => a.entry.offset - b.entry.offset)
  const result: Run[] = []
  let run: Run | undefined
  for (const one of places) {
    const { offset, length } = one.entry
    if (!run || offset > run.end + largestGap || offset > run.start + largestRead) {
      run = { start: offset, end: offset, places: [] }
      result.push(run)
    }
    run.places.push(one)
    run.end = offset + 4 * length
  }
  return result
}

function indexChecksum(header: Uint8Array, index: Uint8Array): number {
  return crc32(index, crc32(header.subarray(0, 12)))
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

/** What the file lacks stays zero, and its checksum will not fit. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  await file.read(bytes, 0, length, position)
  return bytes
}
