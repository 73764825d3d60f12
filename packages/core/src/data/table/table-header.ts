import { DataError } from '../../contract/errors.js'

/** Makes rows of the cells of a table with a header: the one place that knows how many cells a row has. */
export class TableHeader {
  /** Without the columns at the end that have no name, as spreadsheets leave them. */
  readonly names: readonly string[]
  readonly #path: string

  /** @throws DataError for two columns of one name. */
  constructor(path: string, line: number, cells: readonly string[]) {
    this.#path = path
    this.names = cells.slice(0, cells.findLastIndex((name) => name.trim() !== '') + 1)
    const twice = this.names.find((name, index) => this.names.indexOf(name) !== index)
    if (twice === undefined) return
    throw new DataError(`${path}:${line}`, 'columns with different names', `"${twice}" twice`, 'Rename one of them.')
  }

  /**
   * A row by the names of its columns; undefined for one of empty cells alone, as spreadsheets leave them.
   * @throws DataError for cells too few, and for more that are not empty.
   */
  row(line: number, cells: readonly string[]): Record<string, string> | undefined {
    const { names } = this
    if (cells.length !== names.length) {
      if (cells.length > 1 && cells.every((cell) => cell === '')) return undefined
      const isFull = cells.length > names.length && cells.slice(names.length).every((cell) => cell === '')
      if (!isFull) throw this.#inconsistent(line, cells.length)
    } else if (cells.length > 1 && cells[0] === '' && cells.every((cell) => cell === '')) return undefined
    const row: Record<string, string> = {}
    for (let column = 0; column < names.length; column++) setCell(row, names[column] as string, cells[column] as string)
    return row
  }

  #inconsistent(line: number, cells: number): DataError {
    return new DataError(
      `${this.#path}:${line}`,
      `${this.names.length} cells, as in the header`,
      `${cells}`,
      'Put quotes around a text with a separator or a line end in it.',
    )
  }
}

function setCell(row: Record<string, string>, name: string, cell: string): void {
  if (name !== '__proto__') row[name] = cell
  else Object.defineProperty(row, name, { value: cell, enumerable: true, configurable: true, writable: true })
}
