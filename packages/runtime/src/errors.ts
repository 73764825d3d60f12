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

/**
 * Base of every error that Headstart raises on purpose. The message has one grammar:
 * who, what was expected, what came, what to do.
 */
export abstract class HeadstartError extends Error {
  abstract override readonly name: string
  abstract readonly fault: Fault
  constructor(
    /** The part that complains: a file, a function, an option. */
    readonly who: string,
    readonly expected: string,
    readonly got: string,
    /** '' where it goes without saying. */
    readonly remedy: string,
    { message, ...options }: HeadstartErrorOptions = {},
  ) {
    super(message ?? `${who}: expected ${expected}, got ${got}${remedy && `. ${remedy}`}`, options)
  }
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
