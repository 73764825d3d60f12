import type { Source } from '../sources/source.js'
import type { RowEnds } from './row-ends.js'

/** How a table can be cut into parts that can be read by themselves. */
export interface TableForm {
  readonly ends: RowEnds
  /** Its first row, which stands before each part. */
  readonly header: Uint8Array
  /** Whether it is itself a row, and no names of columns. */
  readonly headerIsRow: boolean
  readonly ending: string
}

const forms: Readonly<Record<string, Pick<TableForm, 'ends' | 'headerIsRow'>>> = {
  '.csv': { ends: 'quoted', headerIsRow: false },
  '.tsv': { ends: 'lines', headerIsRow: false },
  '.tab': { ends: 'lines', headerIsRow: false },
  // Columns are told by the first row.
  '.jsonl': { ends: 'lines', headerIsRow: true },
  '.ndjson': { ends: 'lines', headerIsRow: true },
}

/** Bytes in which the first row must end. */
const looked = 2 ** 16

/**
 * How a table can be cut; undefined where it has to be read as a whole: by its ending, its encoding, what is said of it, or what it
 * begins with.
 */
export async function tableForm(
  source: Source,
  options: Readonly<Record<string, unknown>>,
): Promise<TableForm | undefined> {
  const ending = /\.[^./]+$/.exec(new URL(source.name, 'file:').pathname.toLowerCase())?.[0] ?? ''
  const form = forms[ending]
  // Said otherwise: each part would be read by other rules than the whole.
  if (!form || ['format', 'encoding', 'header'].some((name) => options[name] !== undefined)) return undefined
  const start = await beginningOf(source)
  const isBinary = start.subarray(0, 1024).includes(0) || (start[0] === 0x1f && start[1] === 0x8b)
  // Excel's first line; one text over several lines, one list of all rows.
  if (isBinary || /^\uFEFF?(sep=|\[)/i.test(start.toString('utf8', 0, 16))) return undefined
  let isQuoted = false
  for (let at = 0; at < start.length; at++) {
    if (form.ends === 'quoted' && start[at] === 0x22) isQuoted = !isQuoted
    if (start[at] !== 0x0a || isQuoted) continue
    const first = start.toString('utf8', 0, at)
    // Quotes mean nothing in a table with tabs.
    if (
      first.trim() === '' ||
      (form.ends === 'quoted' && first.includes('\t')) ||
      (form.headerIsRow && !/^\s*\{.*\}\s*$/.test(first))
    )
      return undefined
    return { ...form, header: start.subarray(0, at + 1), ending }
  }
  return undefined
}

async function beginningOf(source: Source): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of source.read()) {
    pieces.push(piece)
    length += piece.length
    if (length >= looked) break
  }
  return Buffer.concat(pieces).subarray(0, looked)
}
