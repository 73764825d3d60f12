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

/** What a column holds; a number is that of bytes of which each cell has as many. */
export type Kind = 'whole' | 'number' | 'boolean' | 'text' | number

/**
 * A table of rows as a Parquet file: `row`, the columns of the source, those that came out, `error`. Texts, numbers and yes or no are
 * columns of their kind, bytes of one length as well (features: float32, the low byte first); what is none of these is JSON. The same
 * rows give the same bytes.
 */
export function parquetPart(rows: readonly ResultRow[]): Uint8Array {
  const cells = rows.map(({ row, columns, out }): Cells => ({
    ...columns,
    ...(out instanceof InputError ? { error: out.message } : out),
    row: BigInt(row),
  }))
  const kinds = new Map<string, Kind>([['row', 'whole']])
  for (const one of cells) {
    for (const [name, value] of Object.entries(one)) {
      if (value === undefined || value === null || name === 'row' || name === 'error') continue
      const kind = kindOf(value)
      kinds.set(name, (kinds.get(name) ?? kind) === kind ? kind : 'text')
    }
  }
  // Last, so that one knows where to look.
  kinds.set('error', 'text')
  const { schema, dataOf } = written(kinds)
  // With room at once: each time that it grows all is copied.
  const writer = new ByteWriter(cells.length * [...kinds.values()].reduce((sum: number, kind) => sum + roomOf(kind), 0))
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'headstart' })
  parquet.write({ columnData: dataOf(cells), rowGroupSize: Math.max(1, cells.length) })
  parquet.finish()
  return writer.getBytes()
}

/** Bytes that a cell takes, about. */
function roomOf(kind: Kind): number {
  return typeof kind === 'number' ? kind + 1 : 64
}

/** How columns of these kinds are written. */
export function written(kinds: ReadonlyMap<string, Kind>): {
  readonly schema: SchemaElement[]
  dataOf(cells: readonly Cells[]): ColumnSource[]
} {
  return {
    schema: [{ name: 'root', num_children: kinds.size }, ...[...kinds].map(([name, kind]) => elementOf(name, kind))],
    dataOf: (cells) =>
      [...kinds].map(([name, kind]) => ({
        name,
        data: cells.map((one) => cellOf(kind, one[name])),
        // Features are not worth compressing, and no two are alike; nobody asks for the least of them.
        ...(typeof kind === 'number' && { codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false }),
      })),
  }
}

/** The kinds of the columns of a file that was written so. */
export function kindsIn(schema: readonly SchemaElement[]): [name: string, kind: Kind][] {
  return schema.slice(1).map(({ name, type, type_length }) => {
    const kind = ({ INT64: 'whole', DOUBLE: 'number', BOOLEAN: 'boolean' } as const)[type as string]
    return [name, type_length ?? kind ?? 'text']
  })
}

function elementOf(name: string, kind: Kind): SchemaElement {
  const repetition_type = name === 'row' ? 'REQUIRED' : 'OPTIONAL'
  if (typeof kind === 'number') return { name, type: 'FIXED_LEN_BYTE_ARRAY', type_length: kind, repetition_type }
  if (kind === 'text') return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  const type = ({ whole: 'INT64', number: 'DOUBLE', boolean: 'BOOLEAN' } as const)[kind]
  return { name, type, repetition_type }
}

function kindOf(value: unknown): Kind {
  if (value instanceof Uint8Array) return value.length
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'
}

function cellOf(kind: Kind, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (kind !== 'text' || typeof value === 'string') return value
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one))
}
