import { existsSync, statSync } from 'node:fs'
import type { AnyTask } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'

const tables = /^\S+\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i
const catalogs = /^\S+\.(json|po)$/i
/** Files that nothing here reads, or not as inputs. */
const others = /^\S+\.(xlsx?|ods|numbers|docx?|pdf|txt)$/i

/**
 * The name of a table, a catalog or a document is hardly meant as a text, nor is a folder that is there: a misspelled path, one of several,
 * or one without --out is not to be answered as if it were.
 * @param task Inputs of which are files where it reads bytes: whether one is of its kind, it says itself.
 * @param command What asks with one input a line, before the `-` of stdin. Undefined where files are not read: each input is one.
 * @throws OptionError for the first such input.
 */
export function refusePlaces(
  inputs: readonly string[],
  { fills, fromBytes }: Pick<AnyTask, 'fills' | 'fromBytes'>,
  command: string | undefined,
): void {
  const isPlace = (input: string): boolean =>
    tables.test(input) ||
    (!fromBytes && others.test(input)) ||
    (fills !== undefined && catalogs.test(input)) ||
    isFolder(input)
  const place = inputs.find(isPlace)
  if (place === undefined) return
  if (command === undefined) {
    const got = `the name of a ${isFolder(place) ? 'folder' : 'file'}`
    throw new OptionError(place, 'inputs, each by itself', got, 'Give some of what is in it.')
  }
  const expected = fills ? 'texts, one table or one catalog' : 'texts or one table'
  const isOther = others.test(place)
  const got = !existsSync(place)
    ? 'nothing of that name'
    : inputs.length > 1
      ? `it among ${inputs.length} inputs`
      : isOther
        ? 'a file of another kind'
        : `a ${isFolder(place) ? 'folder' : 'file'} that is read only with --out`
  const asText = `If this is a text: echo ${place} | ${command} -`
  const remedy = isOther
    ? `${/\.txt$/i.test(place) ? `To ask each of its lines: ${command} - < ${place}` : 'Save it as CSV'}. ${asText}`
    : `Give one alone, ${fills ? `say where its answers go (--out), ` : ''}and check its path. ${asText}`
  throw new OptionError(place, expected, got, remedy)
}

function isFolder(input: string): boolean {
  try {
    return statSync(input).isDirectory()
  } catch {
    // Also of what is too long to be a path.
    return false
  }
}
