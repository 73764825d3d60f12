import { are, counted, DataError } from '@headstart/core/kit'
import { GrowingArray } from '../math/growing-array.js'

/** How a timestamp can be written. */
type Writing =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'ISO 8601'
  | 'month/day/year'
  | 'day/month/year'
  | 'day month year'
  | 'running numbers'

const clockTime = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?: ?([AaPp])\.?[Mm]\.?)?)?`
const zone = String.raw` ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?`
const isoDate = new RegExp(`^(\\d{4})[-/](\\d{2})[-/](\\d{2})${clockTime}${zone}$`)
/** Month and day, in whichever order: `11/15/2020`, `15/11/20 3:04 PM`, `15-11-2020`. */
const slashedDate = new RegExp(`^(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4}|(?<=/)\\d{2})${clockTime}${zone}$`)
/** With points the day is first. */
const pointedDate = new RegExp(`^(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4}|\\d{2})${clockTime}${zone}$`)
/** With the month by its name, in English or German: `15-Nov-2020`, `15. November 2020`. */
const namedDate = new RegExp(`^(\\d{1,2})\\.?[ -](\\p{L}{3,})\\.?[ -](\\d{4}|\\d{2})${clockTime}${zone}$`, 'u')
const monthNames = ['jan', 'feb', 'mar mär', 'apr', 'may mai', 'jun', 'jul', 'aug', 'sep', 'oct okt', 'nov', 'dec dez']
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** From these numbers on one means seconds (since 1973), milliseconds and microseconds (since 1973, too). */
const [firstSecond, firstMillisecond, firstMicrosecond, firstNanosecond] = [1e8, 1e11, 1e14, 1e17]

/** Reads timestamps in whatever writing they come, and says at the end which it was. */
export class Clock {
  readonly #path: string
  readonly #counts = new Map<Writing, number>()
  readonly #times = new GrowingArray((length) => new Float64Array(length))
  /** Rows with a date of slashes, and what it is where the day comes first; NaN for what is no date either way. */
  readonly #slashed = {
    row: new GrowingArray((length) => new Int32Array(length)),
    dayFirst: new GrowingArray((length) => new Float64Array(length)),
  }
  #missing = 0
  /** A line whose date can only be read with the month, or the day, first. */
  readonly #only: { month?: number; day?: number } = {}

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Takes the time of the next row: seconds since 1970, or a running number as it is; NaN for an empty cell. A time without a
   * zone is taken as UTC, so that the same file means the same on every machine.
   * @throws DataError, with the line, for anything else.
   */
  read(cell: unknown, line: number): void {
    this.#times.push(this.#timeOf(cell, line))
  }

  #timeOf(cell: unknown, line: number): number {
    if (cell instanceof Date) return this.#count('ISO 8601', cell.getTime() / 1000)
    const text = typeof cell === 'string' ? cell.trim() : cell === undefined || cell === null ? '' : String(cell)
    if (text === '') {
      this.#missing++
      return Number.NaN
    }
    if (number.test(text)) {
      const value = Number(text)
      const size = Math.abs(value)
      if (size < firstSecond) return this.#count('running numbers', value)
      if (size < firstMillisecond) return this.#count('seconds', value)
      if (size < firstMicrosecond) return this.#count('milliseconds', value / 1e3)
      if (size < firstNanosecond) return this.#count('microseconds', value / 1e6)
    }
    const iso = secondsOf(isoDate.exec(text), [1, 2, 3])
    if (!Number.isNaN(iso)) return this.#count('ISO 8601', iso)
    const pointed = secondsOf(pointedDate.exec(text), [3, 2, 1])
    if (!Number.isNaN(pointed)) return this.#count('day/month/year', pointed)
    const named = secondsOf(namedDate.exec(text), [3, 2, 1])
    if (!Number.isNaN(named)) return this.#count('day month year', named)
    const slashed = slashedDate.exec(text)
    const [monthFirst, dayFirst] = [secondsOf(slashed, [3, 1, 2]), secondsOf(slashed, [3, 2, 1])]
    if (!Number.isNaN(monthFirst) || !Number.isNaN(dayFirst)) return this.#both(monthFirst, dayFirst, line)
    const expected =
      'a timestamp in seconds, milliseconds or microseconds since 1970, in ISO 8601, as 11/15/2020 or 15-Nov-2020, or a running number'
    throw new DataError(
      `${this.#path}:${line}`,
      expected,
      JSON.stringify(text.slice(0, 60)),
      'Correct it, or leave the column out.',
    )
  }

  /**
   * The times of all rows, and what they are: real ones, or numbers that only order. 'none' when no row had one.
   * @throws DataError when real times and running numbers are mixed, or days and months: nobody can tell which is later.
   */
  finish(onNotice: (message: string) => void): {
    readonly kind: 'time' | 'order' | 'none'
    readonly times: Float64Array
  } {
    const say = (message: string): void => onNotice(`${this.#path}: ${message}`)
    const times = this.#inOneOrder(say)
    const kinds = [...this.#counts].sort(([, a], [, b]) => b - a)
    const list = kinds.map(([writing, count]) => `${writing} (${count})`).join(', ')
    const [most] = kinds
    if (most === undefined) {
      say('no timestamps: the order of the file is taken for the order in which things happened.')
      return { kind: 'none', times }
    }
    if (this.#missing > 0) say(`${counted(this.#missing, 'row')} without a timestamp ${are(this.#missing)} left out.`)
    if (!this.#counts.has('running numbers')) {
      say(kinds.length > 1 ? `timestamps in several writings, brought into one: ${list}.` : `timestamps in ${most[0]}.`)
      return { kind: 'time', times }
    }
    if (kinds.length > 1) {
      const remedy = 'Write all of them in one way (a number below 100,000,000 is no time in seconds since 1973).'
      throw new DataError(this.#path, 'timestamps of one kind', list, remedy)
    }
    say('timestamps are running numbers: they order the interactions, and say nothing of days.')
    return { kind: 'order', times }
  }

  /** Keeps both readings of a date, until it is seen which of them the file means. */
  #both(monthFirst: number, dayFirst: number, line: number): number {
    if (Number.isNaN(dayFirst)) this.#only.month ??= line
    if (Number.isNaN(monthFirst)) this.#only.day ??= line
    this.#slashed.row.push(this.#times.length)
    this.#slashed.dayFirst.push(dayFirst)
    return monthFirst
  }

  #inOneOrder(say: (message: string) => void): Float64Array {
    const times = this.#times.finish()
    const [rows, dayFirst] = [this.#slashed.row.finish(), this.#slashed.dayFirst.finish()]
    if (rows.length === 0) return times
    const { month, day } = this.#only
    if (month !== undefined && day !== undefined) {
      const got = `a month first on line ${month}, a day first on line ${day}`
      throw new DataError(this.#path, 'dates in one order', got, 'Write them as 2020-11-15.')
    }
    if (day !== undefined) rows.forEach((row, place) => (times[row] = dayFirst[place] as number))
    if (month === undefined && day === undefined)
      say(
        'dates as 11/12/2020 are read with the month first: no date tells. If that is wrong, write them as 2020-11-12.',
      )
    const writing = day === undefined ? 'month/day/year' : 'day/month/year'
    this.#counts.set(writing, (this.#counts.get(writing) ?? 0) + rows.length)
    return times
  }

  #count(writing: Writing, value: number): number {
    this.#counts.set(writing, (this.#counts.get(writing) ?? 0) + 1)
    return value
  }
}

/** Seconds since 1970 of a date that an expression found. @param order Its groups of year, month and day. NaN for none. */
function secondsOf(match: RegExpExecArray | null, order: readonly [number, number, number]): number {
  if (!match) return Number.NaN
  const [yearText = '', monthText = '', dayText] = order.map((group) => match[group])
  const [year, month, day] = [yearIn(yearText), monthIn(monthText), Number(dayText)]
  const [, , , , hour = '0', minute = '0', second = '0', half, offset = 'Z'] = match
  const date = new Date(Date.UTC(year, month - 1, day))
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return Number.NaN
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  if (!isReal || hours > 24 || Number(minute) > 59 || Number(second) >= 61) return Number.NaN
  const [, sign, zoneHours, zoneMinutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset) ?? []
  const ahead = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -60 : 60)
  return date.getTime() / 1000 + hours * 3600 + Number(minute) * 60 + Number(second) - ahead
}

/** Two digits are of 1970 to 2069, as POSIX has it. */
function yearIn(text: string): number {
  const year = Number(text)
  return text.length > 2 ? year : year + (year < 70 ? 2000 : 1900)
}

/** 1 to 12, by its number or the beginning of its name; 0 for none. */
function monthIn(text: string): number {
  if (/^\d/.test(text)) return Number(text)
  const start = text.slice(0, 3).toLowerCase()
  return monthNames.findIndex((names) => names.split(' ').includes(start)) + 1
}
