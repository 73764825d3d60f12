import { OptionError } from '../contract/errors.js'
import { Dataset } from './dataset.js'

/*
 * What a program without types hands over by mistake is said here in its own words, in place of what goes wrong with it further down.
 */

/** @throws OptionError for what is no backbone, such as the promise of one. */
export function assertBackbone(who: string, value: unknown): void {
  if (typeof (value as { embed?: unknown } | undefined)?.embed === 'function') return
  const remedy =
    value instanceof Promise ? 'Put await before it.' : 'Make one, such as await universalSentenceEncoder() for texts.'
  throw new OptionError(who, 'a backbone', kindOf(value), remedy)
}

/** @throws OptionError for what is no data set, such as the examples or the path of one. */
export function assertDataset(who: string, value: unknown): void {
  if (value instanceof Dataset || (value as { examples?: unknown } | undefined)?.examples) return
  const remedy =
    value instanceof Promise
      ? 'Put await before it.'
      : typeof value === 'string'
        ? 'Read it first, as in await readTextDataset(path).'
        : 'Make one: dataset([{ input, label }, ...]).'
  throw new OptionError(who, 'a data set', kindOf(value), remedy)
}

/** @throws OptionError for an option that there is not, with the one that may be meant. */
export function assertKnownOptions(who: string, options: object, known: readonly string[]): void {
  const strange = Object.keys(options).find((name) => !known.includes(name))
  if (strange === undefined) return
  const meant = known.toSorted((a, b) => editsBetween(a, strange) - editsBetween(b, strange))[0]
  const remedy = meant !== undefined && editsBetween(meant, strange) <= 2 ? `Did you mean ${meant}?` : 'Leave it out.'
  throw new OptionError(who, `options among ${known.join(', ')}`, strange, remedy)
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'the promise of one'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return JSON.stringify(value)
  return value === null || typeof value !== 'object' ? String(value) : 'another object'
}

/** Letters to change, add or leave out to make one word of the other (Levenshtein 1966). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [place, letter] of [...one].entries()) {
    const next = [place + 1]
    for (let column = 1; column <= other.length; column++)
      next.push(
        Math.min(
          (next[column - 1] as number) + 1,
          (row[column] as number) + 1,
          (row[column - 1] as number) + (letter === other[column - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[other.length] as number
}
