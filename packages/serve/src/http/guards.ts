import { createHash, timingSafeEqual } from 'node:crypto'
import { RequestError } from './request-error.js'

/** Names by which this machine calls itself. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Refuses a request that came under another name: a page of the web whose name was made to lead to this machine (DNS rebinding)
 * still sends its own.
 * @param allowed Names without ports.
 * @throws RequestError
 */
export function checkHost(
  request: Request,
  allowed: readonly string[],
  remedy = 'Ask under one of these names, or name this one when the server is started: --allow-host NAME.',
): void {
  const given = request.headers.get('host') ?? new URL(request.url).host
  const name = given.replace(/:\d+$/, '').toLowerCase()
  if (allowed.includes(name)) return
  throw new RequestError(421, 'request', `the header Host to be ${allowed.join(', ')}`, `"${given}"`, remedy)
}

/**
 * Refuses what a page of another origin sends: a browser says where that comes from, other programs say nothing.
 * @throws RequestError
 */
export function checkOrigin(request: Request): void {
  const origin = request.headers.get('origin')
  if (origin === null) return
  const host = request.headers.get('host') ?? new URL(request.url).host
  if (URL.canParse(origin) && new URL(origin).host === host) return
  const remedy = 'Ask from a program, or from a page that this server gives.'
  throw new RequestError(403, 'request', `no other origin than ${host}`, `"${origin}"`, remedy)
}

/**
 * Refuses who does not know the token.
 * @throws RequestError
 */
export function checkToken(request: Request, token: string): void {
  const [, given = ''] = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  const [theirs, ours] = [given, token].map((text) => createHash('sha256').update(text).digest())
  // In the same time, however much of it is right.
  if (timingSafeEqual(theirs as Buffer, ours as Buffer)) return
  const got = given === '' ? 'none' : 'another one'
  const remedy = 'Send it as: Authorization: Bearer TOKEN.'
  throw new RequestError(401, 'request', 'the token of this server', got, remedy, { 'WWW-Authenticate': 'Bearer' })
}
