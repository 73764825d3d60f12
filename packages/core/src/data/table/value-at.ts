/** Cells of a row, by the names of their columns. */
export type Cells = Readonly<Record<string, unknown>>

/**
 * What gets the cell of a column. Where no column is called so, the name is a path of names and numbers, with a point between them:
 * `data.text`, `annotations.0.result`. A name that meets a list goes over all its entries and gives a list.
 */
export function cellOf(name: string): (cells: Cells) => unknown {
  const path = name.split('.')
  return (cells) => (Object.hasOwn(cells, name) ? cells[name] : valueAt(cells, path))
}

/** Names of the columns, and paths to what stands in those that hold an object. */
export function columnsOf(cells: Cells): string[] {
  return Object.entries(cells).flatMap(([name, cell]) =>
    isObject(cell) ? [name, ...Object.keys(cell).map((inside) => `${name}.${inside}`)] : [name],
  )
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value)) {
    if (/^\d+$/.test(name)) return valueAt(value[Number(name)], rest)
    return value.flatMap((entry) => valueAt(entry, path) ?? [])
  }
  return isObject(value) && Object.hasOwn(value, name) ? valueAt(value[name], rest) : undefined
}

/** Whether it is an object and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
