import { HeadstartError } from '@headstart/core'
import type { Problem } from '../api/events.js'

/** A request that is refused. */
export class StudioError extends HeadstartError {
  override readonly name = 'StudioError'
  override readonly fault = 'input'
  constructor(
    /** Of HTTP. */
    readonly status: number,
    who: string,
    expected: string,
    got: string,
    remedy: string,
  ) {
    super(who, expected, got, remedy)
  }
}

/** What is said of an error. Of a fault of the program its message alone: it is on the same machine. */
export function problemResponse(cause: unknown): Response {
  const { name, message } = cause as Error
  const problem: Problem = { error: { message, kind: name } }
  const status = statusOf(cause)
  // What is still on its way of a body that is too large is not read.
  const closing = status === 413 ? { connection: 'close' } : undefined
  return Response.json(problem, { status, headers: { 'cache-control': 'no-store', ...closing } })
}

function statusOf(cause: unknown): number {
  if (cause instanceof StudioError) return cause.status
  if (!(cause instanceof HeadstartError)) return 500
  if (cause.fault === 'environment') return 507
  return cause.fault === 'input' ? 422 : 500
}
