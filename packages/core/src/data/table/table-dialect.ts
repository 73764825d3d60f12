import type { Options } from 'csv-parse'

/** How a table in text is written, as its beginning shows. */
export interface TableDialect {
  readonly separator: string
  /** Before a quote inside a quoted cell: a quote (RFC 4180), or a backslash. */
  readonly escape: '"' | '\\'
  readonly lineEnds: readonly string[]
  /** Lines before the first row. */
  readonly before: number
  /** The first rows, as far as they were looked at. */
  sample(): Promise<readonly (readonly string[])[]>
  /** Its text from the first row on. */
  readonly pieces: AsyncIterable<string>
}

/** Separators of files that end in .csv, the most usual first. */
const separators = [',', ';', '\t', '|']
/** Characters that are looked at. */
const looked = 2 ** 16

/**
 * Looks at the beginning of a table. Its separator is the one that is given, or that a first line `sep=;` names, as Excel writes it, else
 * a comma where the first row has one, else the one of the others that it has most. Quotes are doubled, unless what begins the table
 * can only be read with backslashes before them.
 */
export async function dialectOf(pieces: AsyncIterable<string>, given?: string): Promise<TableDialect> {
  const iterator = pieces[Symbol.asyncIterator]()
  let start = ''
  let isEnd = false
  while (!isEnd && start.length < looked) {
    const next = await iterator.next()
    if (next.done) isEnd = true
    else start += next.value
  }
  const [line = '', named] = (given === undefined && /^\uFEFF?sep=(.)\r?\n/i.exec(start)) || []
  start = start.slice(line.length)
  const all = (async function* () {
    yield start
    if (!isEnd) yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  const separator = given ?? named ?? separatorOf(start)
  const lineEnds = lineEndsOf(start)
  const whole = isEnd ? start : start.slice(0, start.lastIndexOf(lineEnds.at(-1) as string) + 1)
  const written: Options = { ...asWritten, delimiter: separator, record_delimiter: lineEnds }
  const escape = await escapeOf(whole, written, isEnd)
  return {
    separator,
    escape,
    lineEnds,
    before: line === '' ? 0 : 1,
    pieces: all,
    sample: async () => {
      const { parse } = await import('csv-parse/sync')
      const lenient = { relax_quotes: true, skip_records_with_error: true, to: 1000 }
      return parse(whole, {
        ...written,
        ...lenient,
        ...(separator === '\t' ? { quote: null } : { escape }),
      }) as string[][]
    },
  }
}

/** Both usual ones, also mixed; that of old Macs; and what becomes of CR LF where it is written as text once more. */
function lineEndsOf(start: string): string[] {
  if (start.includes('\r') && !start.includes('\n')) return ['\r']
  return start.includes('\r\r\n') ? ['\r\r\n', '\r\n', '\n'] : ['\r\n', '\n']
}

/** What holds for all tables. */
const asWritten: Options = { bom: true, relax_column_count: true, skip_empty_lines: true }

function separatorOf(start: string): string {
  const first = (start.trimStart().split(/[\r\n]/, 1)[0] ?? '').replace(/"(?:[^"]|"")*"/g, '')
  const counts = separators.map((separator) => first.split(separator).length - 1)
  const most = counts[0] === 0 ? counts.indexOf(Math.max(...counts)) : 0
  return separators[most] as string
}

async function escapeOf(text: string, written: Options, isWhole: boolean): Promise<'"' | '\\'> {
  if (written.delimiter === '\t' || !text.includes('\\"')) return '"'
  const { parse, CsvError } = await import('csv-parse/sync')
  const isRead = (escape: string): boolean => {
    try {
      parse(text, { ...written, escape })
      return true
    } catch (error) {
      // A cell can reach over the end of what is looked at.
      return error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED' && !isWhole
    }
  }
  return !isRead('"') && isRead('\\') ? '\\' : '"'
}
