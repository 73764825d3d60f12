import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { toFileError } from '@headstart/core/kit'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import type { Manifest } from '../contract/plan.js'
import type { Cells } from '../contract/work.js'
import { csvLine, jsonLine } from './lines.js'
import { type Kind, kindsIn, written } from './parquet-part.js'
import { readPart } from './read-part.js'

/**
 * The results of a run as one file: CSV or JSONL by its ending, else Parquet with a group of rows for each shard; one part is in memory
 * at a time. A column that is of several kinds in different shards is text; in CSV lists and objects are JSON.
 * @throws FileError where it cannot be written; QueueError for a part that was changed. An older file stays then.
 */
export async function joinParts(folder: string, { shards }: Manifest, path: string): Promise<void> {
  const parts = shards.filter(({ file }) => file !== undefined)
  const kinds = new Map<string, Kind>()
  for (const part of parts) {
    const found = await readPart(folder, part, (bytes) => kindsIn(parquetMetadata(bytes).schema))
    for (const [name, kind] of found) {
      kinds.set(name, (kinds.get(name) ?? kind) === kind ? kind : 'text')
    }
  }
  // Beside its place, which the rename needs.
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    const ending = extname(path).toLowerCase()
    if (ending === '.csv' || ending === '.jsonl') await writeLines(folder, parts, [...kinds.keys()], ending, aside)
    else await writeParquet(folder, parts, kinds, aside)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw toFileError(error, path, 'write')
  }
}

async function writeParquet(
  folder: string,
  parts: Manifest['shards'],
  kinds: ReadonlyMap<string, Kind>,
  path: string,
): Promise<void> {
  const { schema, dataOf } = written(kinds)
  const parquet = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'headstart' })
  for (const part of parts) {
    const cells: Cells[] = await readPart(folder, part, (file) => parquetReadObjects({ file, utf8: false }))
    parquet.write({ columnData: dataOf(cells), rowGroupSize: Math.max(1, cells.length) })
  }
  parquet.finish()
}

async function writeLines(
  folder: string,
  parts: Manifest['shards'],
  names: readonly string[],
  ending: '.csv' | '.jsonl',
  path: string,
): Promise<void> {
  const file: FileHandle = await open(path, 'w')
  try {
    if (ending === '.csv') await file.write(csvLine(names))
    for (const part of parts) {
      const rows: Cells[] = await readPart(folder, part, (bytes) => parquetReadObjects({ file: bytes, utf8: true }))
      const lines = rows.map((cells) =>
        ending === '.csv' ? csvLine(names.map((name) => cells[name])) : jsonLine(cells),
      )
      await file.write(lines.join(''))
    }
  } finally {
    await file.close()
  }
}
