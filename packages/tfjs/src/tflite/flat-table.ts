import type { ByteBuffer } from 'flatbuffers'
import { TfliteFormatError } from '../errors.js'

/**
 * A table of a FlatBuffer, whose fields are numbered from 0 in the order of its schema; one that is not written has a default.
 * What a generated reader would take on trust is checked here: a file that was cut short says so.
 * Specification: FlatBuffers internals, "Tables".
 */
export class FlatTable {
  constructor(
    readonly source: string,
    readonly buffer: ByteBuffer,
    readonly position: number,
  ) {
    // The table's first number leads back to the list of its fields, which begins with its own length.
    this.#expectWithin(position, 4)
    const fields = position - buffer.readInt32(position)
    this.#expectWithin(fields, 4)
    this.#expectWithin(fields, buffer.readUint16(fields))
  }

  /** The root of a file. */
  static root(source: string, buffer: ByteBuffer): FlatTable {
    return new FlatTable(source, buffer, buffer.readUint32(buffer.position()) + buffer.position())
  }

  int8(field: number, fallback = 0): number {
    const at = this.#at(field, 1)
    return at === 0 ? fallback : this.buffer.readInt8(at)
  }

  int32(field: number, fallback = 0): number {
    const at = this.#at(field, 4)
    return at === 0 ? fallback : this.buffer.readInt32(at)
  }

  float32(field: number, fallback = 0): number {
    const at = this.#at(field, 4)
    return at === 0 ? fallback : this.buffer.readFloat32(at)
  }

  flag(field: number): boolean {
    return this.int8(field) !== 0
  }

  text(field: number): string {
    const { start, length } = this.#vector(field, 1)
    return new TextDecoder().decode(this.buffer.bytes().subarray(start, start + length))
  }

  table(field: number): FlatTable | undefined {
    const at = this.#at(field, 4)
    return at === 0 ? undefined : this.#pointed(at)
  }

  tables(field: number): FlatTable[] {
    return this.#elements(field, 4, (at) => this.#pointed(at))
  }

  int32s(field: number): number[] {
    return this.#elements(field, 4, (at) => this.buffer.readInt32(at))
  }

  uint16s(field: number): number[] {
    return this.#elements(field, 2, (at) => this.buffer.readUint16(at))
  }

  int64s(field: number): number[] {
    return this.#elements(field, 8, (at) => Number(this.buffer.readInt64(at)))
  }

  float32s(field: number): number[] {
    return this.#elements(field, 4, (at) => this.buffer.readFloat32(at))
  }

  /** A view of the file. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.#vector(field, 1)
    return this.buffer.bytes().subarray(start, start + length)
  }

  #pointed(at: number): FlatTable {
    return new FlatTable(this.source, this.buffer, this.buffer.__indirect(at))
  }

  #elements<T>(field: number, width: number, read: (at: number) => T): T[] {
    const { start, length } = this.#vector(field, width)
    return Array.from({ length }, (_, index) => read(start + index * width))
  }

  #vector(field: number, width: number): { readonly start: number; readonly length: number } {
    const at = this.#at(field, 4)
    if (at === 0) return { start: 0, length: 0 }
    this.#expectWithin(this.buffer.__indirect(at), 4)
    const [start, length] = [this.buffer.__vector(at), this.buffer.__vector_len(at)]
    this.#expectWithin(start, length * width)
    return { start, length }
  }

  /** Where a field lies; 0 where it is not written. */
  #at(field: number, width: number): number {
    const offset = this.buffer.__offset(this.position, 4 + 2 * field)
    if (offset === 0) return 0
    this.#expectWithin(this.position + offset, width)
    return this.position + offset
  }

  #expectWithin(start: number, count: number): void {
    const size = this.buffer.capacity()
    if (start >= 0 && count >= 0 && start + count <= size) return
    throw new TfliteFormatError(
      this.source,
      `bytes up to ${start + count}, to which it points`,
      `${size} bytes`,
      'The file was cut short or damaged: get it again.',
    )
  }
}
