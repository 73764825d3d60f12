import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, parquetRows } from '@headstart/core/kit'
import { QueueError } from '../contract/errors.js'
import { partsName, readManifest } from '../folder/run-folder.js'
import { fieldOf, prefix } from '../results/lines.js'
import type { KeyedAnswer } from './served-answers.js'

/**
 * The answers of a run by a column of its source, such as `user`: of its folder, or of its one Parquet file. Rows that could not be read
 * have none.
 * @throws QueueError for a folder without a finished run; DataError without such a column.
 */
export async function* answersOf(path: string, column: string): AsyncGenerator<KeyedAnswer> {
  for (const file of await filesOf(path)) {
    for await (const { cells } of parquetRows(file)) {
      if (!(column in cells)) {
        const got = `the columns ${Object.keys(cells).join(', ')}`
        throw new DataError(file, `a column "${column}"`, got, 'Name the one that answers are looked up by.')
      }
      if (cells['error'] !== undefined && cells['error'] !== null) continue
      const fields = Object.entries(cells).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), fieldOf(value)] as const] : [],
      )
      yield { key: String(cells[column]), answer: Object.fromEntries(fields) }
    }
  }
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path).catch(() => undefined))?.isFile()) return [path]
  const manifest = await readManifest(path)
  if (manifest) return manifest.shards.flatMap(({ file }) => (file === undefined ? [] : [join(path, partsName, file)]))
  throw new QueueError('input', path, 'a finished run, or its Parquet file', 'none', 'Make one: headstart recommend.')
}
