/**
 * Where the fault lies. 'input': the request, a file or the data is wrong. 'environment': disk, permissions, interruption,
 * a device that is not there. 'program': the code that calls is wrong, and whoever mends it wants to see from where.
 */
export type Fault = 'input' | 'environment' | 'program'

/** Options of a `HeadstartError`. */
export interface HeadstartErrorOptions extends ErrorOptions {
  /** In place of the sentence that is made of the other parts. */
  readonly message?: string
}

/** Most characters of one thing that a message quotes: a label, a text, an address, a list of numbers. */
const longestQuote = 200
/** Most characters of a part of a message in which many things are quoted. */
const longestPart = 800

/**
 * Base of every error that Headstart raises on purpose. The message has one grammar:
 * who, what was expected, what came, what to do. Of whatever is quoted in it there are 200 characters at most.
 */
export abstract class HeadstartError extends Error {
  abstract override readonly name: string
  abstract readonly fault: Fault
  /** The part that complains: a file, a function, an option. */
  readonly who: string
  readonly expected: string
  readonly got: string
  /** '' where it goes without saying. */
  readonly remedy: string
  constructor(
    who: string,
    expected: string,
    got: string,
    remedy: string,
    { message, ...options }: HeadstartErrorOptions = {},
  ) {
    const parts = [who, expected, got].map((part) => shortened(quotesShortened(part), longestPart))
    const [from, wanted, came] = parts as [string, string, string]
    const sentence = `${from}: expected ${wanted}, got ${came}${remedy && `. ${remedy}`}`
    super(message === undefined ? sentence : quotesShortened(message), options)
    this.who = from
    this.expected = wanted
    this.got = came
    this.remedy = remedy
  }
}

/** Shortens what stands in quotes or brackets, and words that are none: paths, data: URLs, numbers without spaces. */
function quotesShortened(text: string): string {
  if (text.length <= longestQuote) return text
  // Quoted; lists of numbers, also nested; other lists; runs without a space.
  const pieces = /"[^"\\]*(?:\\.[^"\\]*)*"|\[[-+\d\s.,eE…[\]]+\]|\[[^[\]]*\]|[^\s"]+/gs
  // First as a whole, so that no pattern runs over megabytes.
  return shortened(text, 100 * longestQuote).replace(pieces, (piece) => shortened(piece, longestQuote))
}

/** The beginning and the end of a text that is too long. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  const end = Math.floor(longest / 4)
  // Half a character of two is none.
  const first = text.slice(0, longest - end - 1).replace(/[\uD800-\uDBFF]$/, '')
  return `${first}…${text.slice(-end).replace(/^[\uDC00-\uDFFF]/, '')}`
}

/** ONNX Runtime cannot be loaded here: it is not made for the platform, or not installed, or in another version. */
export class RuntimeError extends HeadstartError {
  override readonly name = 'RuntimeError'
  override readonly fault = 'environment'
}

/** What someone else's error says, on one line. */
export function reasonOf(cause: unknown): string {
  return messageOf(cause)
    .trim()
    .replace(/\s*\n\s*/g, ' ')
}

/** The message of an error of any realm: for a test of Jest, errors of Node and of native code are no instances of its `Error`. */
export function messageOf(cause: unknown): string {
  const { message } = Object(cause) as { readonly message?: unknown }
  return typeof message === 'string' ? message : String(cause)
}
