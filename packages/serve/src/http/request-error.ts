import { HeadstartError, InputError } from '@headstart/core'
import { DataError, OptionError } from '@headstart/core/kit'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** What a request asks cannot be had, or not now. */
export class RequestError extends HeadstartError {
  override readonly name = 'RequestError'
  override readonly fault = 'input'
  constructor(
    /** Of HTTP: 404, 413, 429. */
    readonly status: number,
    who: string,
    expected: string,
    got: string,
    remedy = '',
    /** Headers that belong to the answer: `Retry-After`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(who, expected, got, remedy)
  }
}

/** The queue of a model is full. */
export function tooBusy(who: string, waiting: number, seconds: number): RequestError {
  const remedy = `Ask again in ${seconds} s, or serve it with a longer --queue.`
  const headers = { 'Retry-After': String(seconds) }
  return new RequestError(429, who, `fewer than ${waiting} waiting`, 'a full queue', remedy, headers)
}

/** What is said of something that went wrong. `error` is a text, as clients of Hugging Face and of the Open Inference Protocol read it. */
export interface Problem {
  readonly error: string
  readonly who?: string
  readonly expected?: string
  readonly got?: string
  readonly remedy?: string
}

/** The answer to a request that failed. Of a fault of the program nothing is told to strangers. */
export function problemResponse(c: Context, cause: unknown): Response {
  const headers = cause instanceof RequestError ? cause.headers : {}
  return c.json(problemOf(cause), statusOf(cause) as ContentfulStatusCode, { 'Cache-Control': 'no-store', ...headers })
}

export function problemOf(cause: unknown): Problem {
  if (!isTheirs(cause)) return { error: 'Something went wrong in the server; its log says what.' }
  const { message, who, expected, got, remedy } = cause
  return { error: message, who, expected, got, remedy }
}

export function statusOf(cause: unknown): number {
  if (cause instanceof RequestError) return cause.status
  return isTheirs(cause) ? 422 : 500
}

/** Whether it is about what was asked, and not about the server. */
function isTheirs(cause: unknown): cause is HeadstartError {
  return (
    cause instanceof RequestError ||
    cause instanceof InputError ||
    cause instanceof OptionError ||
    cause instanceof DataError
  )
}
