import { DataError } from '../../contract/errors.js'

/** The column of the inputs, by what stands in it. */
export interface InputColumn {
  /** What stands in it, in one word, which is also its usual name: 'text'. */
  readonly role: string
  /** Other names under which it is found, in small letters, the most usual first. */
  readonly usualNames: readonly string[]
  /** Its name where the caller gave one. */
  readonly named?: string | undefined
  /** Its name in the data that a model learned from: where a table has such a one and none is named, it is that. */
  readonly learned?: string | undefined
}

/** Whether one of these is the name of a column: that of a role, a usual one, or one that the caller gave. */
export function areNames(
  cells: readonly string[],
  { role, usualNames, named, learned }: InputColumn,
  label?: string,
): boolean {
  const known = new Set(['label', ...usualLabelNames, role, ...usualNames])
  const given = new Set([named, learned, label].map((name) => name?.trim().split('.', 1)[0]))
  return cells.some((cell) => known.has(cell.trim().toLowerCase()) || given.has(cell.trim()))
}

/** The columns in which labels and inputs stand. */
export interface Columns {
  readonly label: string
  readonly input: string
}

/** In English, as libraries and tools write them; then in the languages of other spreadsheets. */
const usualLabelNames = [
  'class category sentiment target y label_text label_name labels intent topic emotion annotation tag tags completion',
  'kategorie klasse thema catégorie categorie classe thème categoría clase tema etiqueta categoria etichetta',
].flatMap((names) => names.split(' '))

/**
 * Finds the columns: the named ones, else those of what a model learned from, else those named as their role, else the first of
 * some usual names, which is said.
 * @param label Name of the label's column where the caller gave one, and where a model learned from one.
 * @param otherwise What else to do where none fits.
 * @throws DataError that lists the columns when none fits.
 */
export function findColumns(
  path: string,
  columns: readonly string[],
  input: InputColumn,
  label: Pick<InputColumn, 'named' | 'learned'>,
  onNotice: (message: string) => void,
  otherwise = '',
): Columns {
  const labels = { role: 'label', usualNames: usualLabelNames, ...label }
  const found = {
    label: findColumn(path, columns, labels, onNotice, otherwise),
    input: findColumn(path, columns, input, onNotice, otherwise),
  }
  const names = columns.find((name) => /^label[ _-]?(text|name)s?$/i.test(name.trim()))
  if (label.named === undefined && found.label === 'label' && names !== undefined) {
    onNotice(`${path}: the column "${names}" seems to name the classes. To learn these names: --label-column ${names}.`)
  }
  if (found.label !== found.input) return found
  throw new DataError(
    path,
    `two columns, for label and ${input.role}`,
    `"${found.label}" for both`,
    'Name another column.',
  )
}

/**
 * Finds the column of the inputs where there are no labels: as `findColumns` does, or the only one there is.
 * @throws DataError that lists the columns when none fits.
 */
export function findInput(
  path: string,
  columns: readonly string[],
  input: InputColumn,
  onNotice: (message: string) => void,
): string {
  const [only] = columns
  return input.named === undefined && only !== undefined && columns.length === 1
    ? only
    : findColumn(path, columns, input, onNotice)
}

/** The column of this name, white space around it aside, or the same path into what stands in a column. */
function columnNamed(columns: readonly string[], name: string): string | undefined {
  if (columns.includes(name)) return name
  const alike = columns.find((one) => one.trim() === name.trim())
  return alike ?? (columns.includes(name.split('.', 1)[0] as string) ? name : undefined)
}

function findColumn(
  path: string,
  columns: readonly string[],
  { role, usualNames, named, learned }: InputColumn,
  onNotice: (message: string) => void,
  otherwise = '',
): string {
  const have = columns.map((name) => `"${name}"`).join(', ')
  const flag = `name it with the option ${role}Column (on the command line: --${role}-column)`
  if (named !== undefined) {
    const own = columnNamed(columns, named)
    if (own !== undefined) return own
    throw new DataError(path, `a column "${named}"`, `the columns ${have}`, 'Check the name.')
  }
  const before = learned === undefined ? undefined : columnNamed(columns, learned)
  if (before !== undefined && before !== role) {
    onNotice(`${path}: the column "${before}" is taken for the ${role}, as in training. If that is wrong, ${flag}.`)
    return before
  }
  if (columns.includes(role)) return role
  const guess = [role, ...usualNames]
    .map((usual) => columns.find((name) => name.trim().toLowerCase() === usual))
    .find((name) => name !== undefined)
  if (guess === undefined) {
    throw new DataError(
      path,
      `a column "${role}"`,
      `the columns ${have}`,
      `Rename the column of the ${role}, or ${flag}.${otherwise}`,
    )
  }
  onNotice(`${path}: the column "${guess}" is taken for the ${role}. If that is wrong, ${flag}.`)
  return guess
}
