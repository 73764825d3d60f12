import { parseJsonText } from '@headstart/core/kit'
import type { BodyRoom } from './body-room.js'
import { RequestError } from './request-error.js'

/**
 * The body of a request, of which no more is read than it may have.
 * @param room Room for it among others, or bytes that it may have.
 * @throws RequestError for a larger one, and where there is no room for it now.
 */
export async function readBody(request: Request, room: BodyRoom | number, remedy = usualRemedy): Promise<Uint8Array> {
  const most = typeof room === 'number' ? room : room.most
  const announced = Number(request.headers.get('content-length') ?? Number.NaN)
  if (announced > most) throw tooLarge(most, `${announced} bytes`, remedy)
  if (typeof room === 'object') room.take(announced >= 0 ? announced : most)
  // No more comes than was announced; and as a whole it is read in half the time.
  if (announced >= 0) return new Uint8Array(await request.arrayBuffer())
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > most) throw tooLarge(most, 'more', remedy)
    parts.push(part)
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size)
}

/**
 * A body of JSON.
 * @throws RequestError for another type, and for what is no JSON.
 */
export async function readJson(request: Request, room: BodyRoom | number, tooMuch = usualRemedy): Promise<unknown> {
  const type = request.headers.get('content-type')
  // A page of another origin cannot send this one without being asked first.
  if (!isJson(type)) {
    const remedy = 'Send the header Content-Type: application/json.'
    throw new RequestError(415, 'body of the request', 'JSON', type === null ? 'no type' : `"${type}"`, remedy)
  }
  return parsedJson(await readBody(request, room, tooMuch))
}

/** Lists and objects in one another: what is nested deeper breaks what looks at it. */
const deepest = 2000

/** @throws RequestError for what is no JSON. */
export function parsedJson(bytes: Uint8Array): unknown {
  try {
    return parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), deepest)
  } catch {
    const got = bytes.length === 0 ? 'nothing' : 'something else'
    throw new RequestError(400, 'body of the request', 'JSON in UTF-8', got, 'Send it as JSON.stringify writes it.')
  }
}

export function isJson(type: string | null): boolean {
  return /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type ?? '')
}

const usualRemedy = 'Send less at once, or serve with a larger --body-limit.'

function tooLarge(limit: number, got: string, remedy: string): RequestError {
  // What is still on its way is not read.
  return new RequestError(413, 'body of the request', `at most ${limit} bytes`, got, remedy, { Connection: 'close' })
}
