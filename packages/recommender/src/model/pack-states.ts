import * as z from 'zod'
import type { NumberArray, ScorerState } from '../contract/scorer-state.js'

/** Arrays as they lie in one file, little-endian as every platform of Node is, each at a multiple of 8 bytes. */
const types = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array, float64: Float64Array }
type TypeName = keyof typeof types

const placeSchema = z.object({
  type: z.enum(['uint8', 'int32', 'float32', 'float64']),
  /** Bytes from the beginning of the file. */
  offset: z.int().nonnegative().multipleOf(8),
  length: z.int().nonnegative(),
})
type Place = z.infer<typeof placeSchema>

/** A state whose arrays lie in a file. */
export interface PackedState {
  kind: string
  config: Record<string, z.core.util.JSONType>
  arrays: Record<string, Place>
  /** Names of files that lie beside. */
  files: string[]
  parts: PackedState[]
}

export const packedStateSchema: z.ZodType<PackedState> = z.lazy(() =>
  z.object({
    kind: z.string(),
    config: z.record(z.string(), z.json()),
    arrays: z.record(z.string(), placeSchema),
    files: z.array(z.string()),
    parts: z.array(packedStateSchema),
  }),
)

/** Writes the arrays of states into one file. One that several of them share is written once. */
export class StatePacker {
  /** The files of the states, by name. */
  readonly files = new Map<string, Uint8Array>()
  readonly #places = new Map<NumberArray, Place>()
  #length = 0

  pack({ kind, config, arrays = {}, files = {}, parts = [] }: ScorerState): PackedState {
    for (const [name, bytes] of Object.entries(files)) this.files.set(name, bytes)
    return {
      kind,
      config: config as PackedState['config'],
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, this.#place(array)])),
      files: Object.keys(files),
      parts: parts.map((part) => this.pack(part)),
    }
  }

  /** The file with all that was packed. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    for (const [array, { offset }] of this.#places)
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    return bytes
  }

  #place(array: NumberArray): Place {
    const known = this.#places.get(array)
    if (known) return known
    // By name: an array of another realm (a test runner's) is no instance of this one's class. A Buffer is bytes.
    const type =
      (Object.keys(types) as TypeName[]).find((name) => types[name].name === array[Symbol.toStringTag]) ?? 'uint8'
    const place = { type, offset: this.#length, length: array.length }
    this.#places.set(array, place)
    this.#length = Math.ceil((this.#length + array.byteLength) / 8) * 8
    return place
  }
}

/**
 * Reads packed states, over the memory of the file where that is possible.
 * @param file With the arrays.
 * @param others The files beside it, by name.
 * @returns A function that gives each its arrays and files again; undefined for one of which something is missing.
 */
export function unpacker(
  file: Uint8Array,
  others: ReadonlyMap<string, Uint8Array> = new Map(),
): (state: PackedState) => ScorerState | undefined {
  const bytes = file.byteOffset % 8 === 0 ? file : file.slice()
  const unpack = ({ kind, config, arrays, files, parts }: PackedState): ScorerState | undefined => {
    const unpacked = parts.map(unpack)
    const isWhole = Object.values(arrays).every(
      ({ type, offset, length }) => offset + length * types[type].BYTES_PER_ELEMENT <= bytes.length,
    )
    if (!isWhole || !files.every((name) => others.has(name)) || unpacked.includes(undefined)) return undefined
    const view = ({ type, offset, length }: Place): NumberArray =>
      new types[type](bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, length)
    return {
      kind,
      config,
      arrays: Object.fromEntries(Object.entries(arrays).map(([name, place]) => [name, view(place)])),
      ...(files.length > 0 && {
        files: Object.fromEntries(files.map((name) => [name, others.get(name) as Uint8Array])),
      }),
      parts: unpacked.filter((part) => part !== undefined),
    }
  }
  return unpack
}
