import { readFile, stat } from 'node:fs/promises'
import { DataError } from '../contract/errors.js'
import { writeFileAtomically } from '../kit/atomic-write.js'
import { errorCode, toFileError } from '../kit/file-error.js'

/** The cells of a row, by the names of their columns. */
export type FileRow = Readonly<Record<string, string>>

/**
 * A table of comma-separated values with a header that people, other programs and this one edit. It is read anew whenever it was changed
 * on the disk, and written whole or not at all. Columns that nobody here knows stay as they are.
 */
export class RowFile {
  readonly path: string
  readonly #usual: readonly string[]
  #columns: readonly string[]
  #rows: readonly FileRow[] = []
  /** Of the file that the rows are from; undefined before the first look. */
  #seen: string | undefined

  /** @param columns Of a file that is not there yet; one that is there has at least these. */
  constructor(path: string, columns: readonly string[]) {
    this.path = path
    this.#usual = columns
    this.#columns = columns
  }

  /**
   * The rows as they are on the disk now: the same array while it is the same file. None where there is no file.
   * @throws DataError for what is no such table; FileError where it cannot be read.
   */
  async rows(): Promise<readonly FileRow[]> {
    // Somebody may write it while it is read: then once more.
    for (let tries = 0; tries < 3; tries++) {
      const before = await this.#fingerprint()
      if (before === this.#seen) break
      const text = before === '' ? '' : await this.#read()
      if ((await this.#fingerprint()) !== before) continue
      await this.#take(text)
      this.#seen = before
    }
    return this.#rows
  }

  /** Replaces all rows. Read them (`rows`) directly before, so that nothing that others wrote is lost. */
  async write(rows: readonly FileRow[]): Promise<void> {
    const lines = [this.#columns, ...rows.map((row) => this.#columns.map((name) => row[name] ?? ''))]
    await writeFileAtomically(this.path, Buffer.from(lines.map((cells) => `${cells.map(cellOf).join(',')}\n`).join('')))
    this.#rows = rows
    this.#seen = await this.#fingerprint()
  }

  async #fingerprint(): Promise<string> {
    try {
      const { size, mtimeNs, ino } = await stat(this.path, { bigint: true })
      return `${size} ${mtimeNs} ${ino}`
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return ''
      throw toFileError(error, this.path, 'read')
    }
  }

  async #read(): Promise<string> {
    const bytes = await readFile(this.path).catch((error: unknown) => {
      throw toFileError(error, this.path, 'read')
    })
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch (cause) {
      throw new DataError(this.path, 'text in UTF-8', 'other bytes', 'Save it as UTF-8.', { cause })
    }
  }

  async #take(text: string): Promise<void> {
    const { parse } = await import('csv-parse/sync')
    let parsed: string[][]
    try {
      parsed = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true })
    } catch (cause) {
      const got = (cause as Error).message
      throw new DataError(this.path, 'comma-separated values', got, 'Correct the file: nothing in it was changed.', {
        cause,
      })
    }
    const [header = this.#usual, ...rows] = parsed
    const missing = this.#usual.filter((name) => !header.includes(name))
    if (missing.length > 0) {
      const expected = `a first row with the columns ${this.#usual.join(', ')}`
      throw new DataError(this.path, expected, header.slice(0, 10).join(', '), 'Add it: nothing was changed.')
    }
    this.#columns = header
    this.#rows = rows.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])))
  }
}

/** By RFC 4180; quoted as well where a reader could take it for something else. */
function cellOf(value: string): string {
  return value === '' || !/[",\r\n\\]|^\s|\s$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`
}
