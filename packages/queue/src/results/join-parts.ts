import { randomUUID } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toFileError } from '@headstart/core/kit'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import type { Manifest } from '../contract/plan.js'
import type { Cells } from '../contract/work.js'
import { partsName } from '../folder/run-folder.js'
import { type Kind, kindsIn, written } from './parquet-part.js'

/**
 * The results of a run as one Parquet file, a group of rows for each shard; one part is in memory at a time. A column that is of
 * several kinds in different shards is text.
 * @throws FileError where it cannot be written; an older file stays then.
 */
export async function joinParts(folder: string, { shards }: Manifest, path: string): Promise<void> {
  const files = shards.flatMap(({ file }) => (file === undefined ? [] : [join(folder, partsName, file)]))
  const kinds = new Map<string, Kind>()
  for (const file of files) {
    for (const [name, kind] of kindsIn(parquetMetadata(await bytesOf(file)).schema)) {
      kinds.set(name, (kinds.get(name) ?? kind) === kind ? kind : 'text')
    }
  }
  // Beside its place, which the rename needs.
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    const { schema, dataOf } = written(kinds)
    const parquet = new ParquetWriter({ writer: fileWriter(aside), schema, createdBy: 'headstart' })
    for (const file of files) {
      const cells: Cells[] = await parquetReadObjects({ file: await bytesOf(file), utf8: false })
      parquet.write({ columnData: dataOf(cells), rowGroupSize: Math.max(1, cells.length) })
    }
    parquet.finish()
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw toFileError(error, path, 'write')
  }
}

async function bytesOf(path: string): Promise<ArrayBuffer> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}
