import { DataError } from '@headstart/core/kit'

/** How a timestamp can be written. */
type Writing = 'seconds' | 'milliseconds' | 'ISO 8601' | 'running numbers'

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** From these numbers on one means seconds (since 1973) and milliseconds (since 1973, too). */
const [firstSecond, firstMillisecond, firstMicrosecond] = [1e8, 1e11, 1e14]

/** Reads timestamps in whatever writing they come, and says at the end which it was. */
export class Clock {
  readonly #path: string
  readonly #counts = new Map<Writing, number>()
  #missing = 0

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Seconds since 1970, or a running number as it is; NaN for an empty cell. A time without a zone is taken as UTC, so
   * that the same file means the same on every machine.
   * @throws DataError, with the line, for anything else.
   */
  read(cell: unknown, line: number): number {
    if (cell instanceof Date) return this.#count('ISO 8601', cell.getTime() / 1000)
    const text = typeof cell === 'string' ? cell.trim() : cell === undefined || cell === null ? '' : String(cell)
    if (text === '') {
      this.#missing++
      return Number.NaN
    }
    if (number.test(text)) {
      const value = Number(text)
      if (Math.abs(value) < firstSecond) return this.#count('running numbers', value)
      if (Math.abs(value) < firstMillisecond) return this.#count('seconds', value)
      if (Math.abs(value) < firstMicrosecond) return this.#count('milliseconds', value / 1000)
    }
    const match = isoDate.exec(text)
    const time = match
      ? Date.parse(text.length === 10 || match[1] ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`)
      : Number.NaN
    if (!Number.isNaN(time)) return this.#count('ISO 8601', time / 1000)
    const expected = 'a timestamp in seconds or milliseconds since 1970, in ISO 8601, or a running number'
    throw new DataError(
      `${this.#path}:${line}`,
      expected,
      JSON.stringify(text.slice(0, 60)),
      'Correct it, or leave the column out.',
    )
  }

  /**
   * What the file's times are: real ones, or numbers that only order. 'none' when no row had one.
   * @throws DataError when real times and running numbers are mixed: nobody can tell which is later.
   */
  finish(onNotice: (message: string) => void): 'time' | 'order' | 'none' {
    const say = (message: string): void => onNotice(`${this.#path}: ${message}`)
    const kinds = [...this.#counts].sort(([, a], [, b]) => b - a)
    const list = kinds.map(([writing, count]) => `${writing} (${count})`).join(', ')
    const [most] = kinds
    if (most === undefined) {
      say('no timestamps: the order of the file is taken for the order in which things happened.')
      return 'none'
    }
    if (this.#missing > 0) say(`${this.#missing} rows without a timestamp are left out.`)
    if (!this.#counts.has('running numbers')) {
      say(kinds.length > 1 ? `timestamps in several writings, brought into one: ${list}.` : `timestamps in ${most[0]}.`)
      return 'time'
    }
    if (kinds.length > 1) {
      const remedy = 'Write all of them in one way (a number below 100,000,000 is no time in seconds since 1973).'
      throw new DataError(this.#path, 'timestamps of one kind', list, remedy)
    }
    say('timestamps are running numbers: they order the interactions, and say nothing of days.')
    return 'order'
  }

  #count(writing: Writing, value: number): number {
    this.#counts.set(writing, (this.#counts.get(writing) ?? 0) + 1)
    return value
  }
}
