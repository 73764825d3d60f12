import { InputError } from '@headstart/core'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import type { Cells } from '../contract/work.js'

/** One row of a result: its number, what came out of it or why nothing did, and what stands beside it. */
export interface ResultRow {
  readonly row: number
  /** Columns of the source. */
  readonly columns: Cells
  readonly out: Cells | InputError
}

type Kind = 'bytes' | 'number' | 'boolean' | 'text'

/**
 * A table of rows as a Parquet file: `row`, the columns of the source, those that came out, `error`. Texts, numbers and yes or no are
 * columns of their kind, bytes of one length as well (features: float32, the low byte first); what is none of these is JSON. The same
 * rows give the same bytes.
 */
export function parquetPart(rows: readonly ResultRow[]): Uint8Array {
  const cells = rows.map(({ row, columns, out }): Cells => ({
    ...columns,
    ...(out instanceof InputError ? { error: out.message } : out),
    row,
  }))
  const names = new Set(['row', ...cells.flatMap((one) => Object.keys(one)), 'error'])
  // Last, so that one knows where to look.
  names.delete('error')
  const columns = [...names, 'error'].map((name) =>
    columnOf(
      name,
      cells.map((one) => one[name]),
    ),
  )
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(({ schema }) => schema)],
    createdBy: 'headstart',
  })
  parquet.write({ columnData: columns.map(({ data }) => data), rowGroupSize: Math.max(1, rows.length) })
  parquet.finish()
  return writer.getBytes()
}

function columnOf(name: string, values: readonly unknown[]): { schema: SchemaElement; data: ColumnSource } {
  const kinds = new Set(values.flatMap((value) => (value === undefined || value === null ? [] : [kindOf(value)])))
  const kind: Kind = kinds.size === 1 ? ([...kinds][0] as Kind) : 'text'
  const repetition_type = name === 'row' ? 'REQUIRED' : 'OPTIONAL'
  if (name === 'row') {
    const data = values.map((value) => BigInt(value as number))
    return { schema: { name, type: 'INT64', repetition_type }, data: { name, data } }
  }
  if (kind === 'bytes') {
    const first = values.find((value): value is Uint8Array => value instanceof Uint8Array)
    const fixed = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: first?.length ?? 0 } as const
    // Features are not worth compressing, nor is their order.
    const data: ColumnSource = { name, data: [...values], codec: 'UNCOMPRESSED', encoding: 'PLAIN' }
    return { schema: { name, ...fixed, repetition_type }, data }
  }
  const type = ({ number: 'DOUBLE', boolean: 'BOOLEAN' } as const)[kind as string] ?? 'BYTE_ARRAY'
  const schema = { name, type, repetition_type, ...(type === 'BYTE_ARRAY' && { converted_type: 'UTF8' as const }) }
  return { schema: schema as SchemaElement, data: { name, data: values.map((value) => cellOf(kind, value)) } }
}

function kindOf(value: unknown): Kind {
  if (value instanceof Uint8Array) return 'bytes'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'
}

function cellOf(kind: Kind, value: unknown): unknown {
  if (value === undefined) return null
  if (value === null || kind !== 'text' || typeof value === 'string') return value
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one))
}
