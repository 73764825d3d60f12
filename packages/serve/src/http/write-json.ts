import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'

/**
 * Has `c.json` write to the connection where that is one of Node's own server: a `Response` has its body as a stream, and reading it again
 * takes longer than all else that a request costs. Elsewhere nothing changes.
 * @param headers Of every answer, when it is written.
 */
export function writeJson(c: Context, headers: () => Readonly<Record<string, string>>): void {
  const { outgoing } = ((c.env as unknown) ?? {}) as Partial<HttpBindings>
  if (!outgoing) return
  const json = (value: unknown, status = 200, own: Readonly<Record<string, string>> = {}): Response => {
    // As a text it goes out with the headers, in one piece.
    const body = JSON.stringify(value)
    const type = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    outgoing.writeHead(status, { ...type, ...headers(), ...own }).end(body)
    return new Response(null, { status, headers: RESPONSE_ALREADY_SENT.headers })
  }
  Object.assign(c, { json })
}

/** Whether an answer was written already. */
export function isWritten(response: Response): boolean {
  return [...RESPONSE_ALREADY_SENT.headers.keys()].every((name) => response.headers.has(name))
}
