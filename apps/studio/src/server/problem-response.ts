import { HeadstartError } from '@headstart/core'
import { RequestError } from '@headstart/serve/kit'
import type { Problem } from '../api/events.js'

/** What is said of an error. Of a fault of the program its message as well: whoever asks is at the same machine. */
export function problemResponse(cause: unknown): Response {
  const { name, message } = cause as Error
  const problem: Problem = { error: { message, kind: name } }
  const headers = cause instanceof RequestError ? cause.headers : {}
  return Response.json(problem, { status: statusOf(cause), headers: { 'cache-control': 'no-store', ...headers } })
}

function statusOf(cause: unknown): number {
  if (cause instanceof RequestError) return cause.status
  if (!(cause instanceof HeadstartError)) return 500
  if (cause.fault === 'environment') return 507
  return cause.fault === 'input' ? 422 : 500
}
