import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { toFileError } from '@headstart/core/kit'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import type { Manifest } from '../contract/plan.js'
import type { Cells } from '../contract/work.js'
import { type Kind, kindsIn, written } from './parquet-part.js'
import { readPart } from './read-part.js'

/**
 * The results of a run as one Parquet file, a group of rows for each shard; one part is in memory at a time. A column that is of
 * several kinds in different shards is text.
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
    const { schema, dataOf } = written(kinds)
    const parquet = new ParquetWriter({ writer: fileWriter(aside), schema, createdBy: 'headstart' })
    for (const part of parts) {
      const cells: Cells[] = await readPart(folder, part, (file) => parquetReadObjects({ file, utf8: false }))
      parquet.write({ columnData: dataOf(cells), rowGroupSize: Math.max(1, cells.length) })
    }
    parquet.finish()
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw toFileError(error, path, 'write')
  }
}
