/** What a table in text separates its cells by, and what stands before its header. */
export interface Separated {
  readonly separator: string
  /** Lines before the header. */
  readonly before: number
  /** Its text from the header on. */
  readonly pieces: AsyncIterable<string>
}

/** Separators of files that end in .csv, the most usual first. */
const separators = [',', ';', '\t', '|']

/**
 * Finds the separator of a table: the one that a first line `sep=;` names, as Excel writes it, else a comma where the header has one,
 * else the one of the others that it has most.
 */
export async function separated(pieces: AsyncIterable<string>): Promise<Separated> {
  const iterator = pieces[Symbol.asyncIterator]()
  let start = ''
  let isEnd = false
  while (!isEnd && !/[\r\n]/.test(start.trimStart()) && start.length < longestStart) {
    const next = await iterator.next()
    if (next.done) isEnd = true
    else start += next.value
  }
  const rest = (async function* () {
    yield start
    if (!isEnd) yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  const [line = '', named] = /^\uFEFF?sep=(.)\r?\n/i.exec(start) ?? []
  start = start.slice(line.length)
  if (named !== undefined) return { separator: named, before: 1, pieces: rest }
  const header = (start.trimStart().split(/[\r\n]/, 1)[0] ?? '').replace(/"(?:[^"]|"")*"/g, '')
  const counts = separators.map((separator) => header.split(separator).length - 1)
  const most = counts[0] === 0 ? counts.indexOf(Math.max(...counts)) : 0
  return { separator: separators[most] as string, before: 0, pieces: rest }
}

/** Characters in which a header ends. */
const longestStart = 2 ** 16
