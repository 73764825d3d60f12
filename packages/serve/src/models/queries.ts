import { type AnyTask, InputError } from '@headstart/core'
import { expectationOf, OptionError } from '@headstart/core/kit'
import { RequestError } from '../http/request-error.js'

/** A value of JSON as a query; one that is none spoils no other. */
export function queryOf({ query }: AnyTask, value: unknown): unknown {
  const { data, error } = query.safeParse(value)
  const [issue] = error?.issues ?? []
  if (!issue) return data
  const field = issue.path.length > 0 ? `input, field "${issue.path.join('.')}"` : 'input'
  return new InputError(field, expectationOf(issue), shown(value), 'See /openapi.json.')
}

/** A text of another protocol as a query: the base64 of a file where queries are files. */
export function queryOfText(task: AnyTask, text: string): unknown {
  if (!task.fromBytes || text.startsWith('data:')) return queryOf(task, text)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64').replaceAll('=', '') === text.replaceAll('=', '')) return task.fromBytes(bytes)
  return new InputError('input', 'the bytes of a file as base64', shown(text), 'Encode them.')
}

/** The bytes of a file as a query. @throws RequestError where queries are no files. */
export function queryOfBytes(task: AnyTask, bytes: Uint8Array): unknown {
  if (task.fromBytes) return task.fromBytes(bytes)
  const got = `${bytes.length} bytes of another type`
  const remedy = 'Send JSON with the header Content-Type: application/json.'
  throw new RequestError(415, 'body of the request', 'JSON', got, remedy)
}

/**
 * What is asked beside the queries.
 * @throws OptionError for what no such model is asked.
 */
export function askingOf({ asking, name }: AnyTask, given: object): object {
  const known = asking?.shape ?? {}
  const stranger = Object.keys(given).find((key) => !(key in known))
  if (stranger !== undefined) {
    const expected = Object.keys(known).join(', ') || 'none'
    throw new OptionError(`options for the task ${name}`, expected, `"${stranger}"`, 'Leave it out.')
  }
  const { error } = asking?.safeParse(given) ?? {}
  const [issue] = error?.issues ?? []
  if (!issue) return given
  const who = `option "${issue.path.join('.')}"`
  throw new OptionError(who, expectationOf(issue), shown(given), 'Correct it, or leave it out.')
}

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
