import { InputError } from '@headstart/core'
import { z } from 'zod'
import { shown } from '../models/queries.js'

/** How many bytes a number takes, and how it is read: little-endian, as the protocol says. */
const readers = {
  BOOL: [1, (view, at) => view.getUint8(at)],
  UINT8: [1, (view, at) => view.getUint8(at)],
  UINT16: [2, (view, at) => view.getUint16(at, true)],
  UINT32: [4, (view, at) => view.getUint32(at, true)],
  UINT64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  INT8: [1, (view, at) => view.getInt8(at)],
  INT16: [2, (view, at) => view.getInt16(at, true)],
  INT32: [4, (view, at) => view.getInt32(at, true)],
  INT64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  FP32: [4, (view, at) => view.getFloat32(at, true)],
  FP64: [8, (view, at) => view.getFloat64(at, true)],
} as const satisfies Record<string, readonly [number, (view: DataView, at: number) => number]>
type NumberType = keyof typeof readers

const datatypes = ['BYTES', ...(Object.keys(readers) as NumberType[])] as const

/** An input of the protocol. */
export const inputTensor = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).min(1).max(8),
  datatype: z.enum(datatypes),
  data: z.union([z.array(z.unknown()), z.instanceof(Uint8Array)]),
})
export type InputTensor = z.output<typeof inputTensor>

/** An output of the protocol. */
export interface OutputTensor {
  readonly name: string
  readonly datatype: 'BYTES' | 'FP64'
  readonly shape: readonly number[]
  readonly data: readonly (string | number)[]
}

/** Puts bytes that follow the JSON where its tensors say that they belong. */
export function withBinaryData(body: unknown, bytes: Uint8Array): unknown {
  const { data } = sized.safeParse(body)
  if (!data) return body
  let from = 0
  const inputs = data.inputs.map((tensor) => {
    const size = tensor.parameters?.binary_data_size
    return size === undefined ? tensor : { ...tensor, data: bytes.subarray(from, (from += size)) }
  })
  if (from === bytes.length) return { ...data, inputs }
  throw new InputError(
    'body of the request',
    `${from} bytes after its JSON`,
    `${bytes.length}`,
    'Send as many as it says.',
  )
}

const sized = z.looseObject({
  inputs: z.array(
    z.looseObject({ parameters: z.looseObject({ binary_data_size: z.int().min(0).optional() }).optional() }),
  ),
})

/**
 * The rows of a tensor: texts or bytes, numbers, lists of these.
 * @throws InputError where its data are not of its shape and type.
 */
export function tensorItems({ name, shape, datatype, data }: InputTensor): unknown[] {
  const [rows = 0, ...inner] = shape
  const width = inner.reduce((product, size) => product * size, 1)
  const who = `tensor "${name}"`
  const values = data instanceof Uint8Array ? binaryItems(who, datatype, data) : data.flat(shape.length - 1)
  // Rows with nothing in them could be as many as somebody likes.
  if (values.length !== rows * width || values.length < rows) {
    throw new InputError(
      who,
      `${Math.max(rows, rows * width)} values, as its shape says`,
      `${values.length}`,
      'Correct its shape.',
    )
  }
  const isOne = datatype === 'BYTES' ? isTextual : isNumeric
  const stranger = values.findIndex((value) => !isOne(value))
  if (stranger >= 0) {
    throw new InputError(who, `values of the type ${datatype}`, shown(values[stranger]), 'Correct its datatype.')
  }
  // Texts in a column of one are rows all the same.
  return width === 1 && (inner.length === 0 || datatype === 'BYTES') ? values : rowsOf(values, rows, inner)
}

function rowsOf(values: readonly unknown[], rows: number, [next, ...inner]: readonly number[]): unknown[] {
  const width = values.length / Math.max(rows, 1)
  return Array.from({ length: rows }, (_, row) => {
    const part = values.slice(row * width, (row + 1) * width)
    return next === undefined ? part[0] : inner.length === 0 ? part : rowsOf(part, next, inner)
  })
}

function binaryItems(who: string, datatype: InputTensor['datatype'], bytes: Uint8Array): unknown[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (datatype !== 'BYTES') {
    const [size, read] = readers[datatype]
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => read(view, at * size))
  }
  const items: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    // Each has its length before it, in four bytes.
    const size = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY
    if (at + 4 + size > bytes.length) {
      throw new InputError(who, 'a length before each of its values', 'fewer bytes', 'Send all of them.')
    }
    items.push(bytes.subarray(at + 4, (at += 4 + size)))
  }
  return items
}

function isTextual(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}
