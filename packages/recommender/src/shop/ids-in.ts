import { OptionError } from '@headstart/core/load'
import { parse } from 'csv-parse/sync'
import type { Catalog } from './catalog.js'

/**
 * The ids of a list that is written as a line of CSV, as people type it: what holds commas or quotes stands in quotes, with
 * quotes doubled. A value that is an id of the catalog as a whole is that one. Spaces around an id count where the catalog
 * has them.
 * @param option Name of the option that it is the value of.
 * @throws OptionError for a quote that is never closed.
 */
export function idsIn(value: string, catalog: Catalog, option: string): string[] {
  if (value === '') return []
  if (catalog.numberOf(value) !== undefined) return [value]
  // No list: a question can have very many ids that nobody knows.
  if (!/[",\r\n]/.test(value)) return [value.trim()].filter((id) => id !== '')
  try {
    const [cells = []] = parse(value, { relax_quotes: true, relax_column_count: true }) as string[][]
    return cells
      .map((cell) => (catalog.numberOf(cell) === undefined ? cell.trim() : cell))
      .filter((cell) => cell !== '')
  } catch (cause) {
    const remedy = `Put ids with commas in double quotes and double the quotes within, or repeat ${option}.`
    throw new OptionError(`option ${option}`, 'ids separated by commas, as a line of CSV', value, remedy, { cause })
  }
}
