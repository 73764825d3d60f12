import { DataError } from '@headstart/core'

/** The columns in which label and text stand. */
export interface Columns {
  readonly label: string
  readonly text: string
}

const usualNames = {
  label: ['label', 'class', 'category', 'sentiment', 'target', 'y'],
  text: ['text', 'sentence', 'review', 'content', 'message', 'input'],
} as const

/**
 * Finds the columns: the named ones, else `label` and `text`, else the first of some usual names, which is said.
 * @throws DataError that lists the columns when none fits.
 */
export function findColumns(
  path: string,
  columns: readonly string[],
  named: Partial<Columns>,
  onNotice: (message: string) => void,
): Columns {
  const find = (role: keyof Columns): string => {
    const have = columns.map((name) => `"${name}"`).join(', ')
    const flag = `name it with the option ${role}Column (on the command line: --${role}-column)`
    const asked = named[role]
    if (asked !== undefined) {
      if (columns.includes(asked)) return asked
      throw new DataError(path, `a column "${asked}"`, `the columns ${have}`, 'Check the name.')
    }
    if (columns.includes(role)) return role
    const guess = usualNames[role]
      .map((usual) => columns.find((name) => name.trim().toLowerCase() === usual))
      .find((name) => name !== undefined)
    if (guess === undefined) {
      throw new DataError(path, `a column "${role}"`, `the columns ${have}`, `Rename the column of the ${role}, or ${flag}.`)
    }
    onNotice(`${path}: the column "${guess}" is taken for the ${role}. If that is wrong, ${flag}.`)
    return guess
  }
  const found = { label: find('label'), text: find('text') }
  if (found.label !== found.text) return found
  throw new DataError(path, 'two columns, for label and text', `"${found.label}" for both`, 'Name another column.')
}
