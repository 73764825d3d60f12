import { checkHost, checkOrigin, loopbackHosts, RequestError } from '@headstart/serve/kit'
import { createMiddleware } from 'hono/factory'
import { studioHeader } from '../api/client.js'

/**
 * Lets through what comes from the studio's own page, or from a program on this machine: no page of another host whose name was made to
 * lead here (DNS rebinding: the header Host), none of another origin (Origin), and, where something can be changed, no form of one (a
 * header of our own, and a type of content that forms do not have).
 */
export const guarded = createMiddleware(async ({ req, header }, next) => {
  checkHost(req.raw, loopbackHosts, 'Open the address that the studio printed.')
  checkOrigin(req.raw)
  const changes = req.path.startsWith('/api/') && req.method !== 'GET' && req.method !== 'HEAD'
  if (changes && req.header(studioHeader) === undefined) {
    throw new RequestError(403, 'request', `the header ${studioHeader}`, 'none', `Send it: ${studioHeader}: 1.`)
  }
  await next()
  header('X-Content-Type-Options', 'nosniff')
  header('Cross-Origin-Resource-Policy', 'same-origin')
  header('Referrer-Policy', 'no-referrer')
})

/** The page's own files alone: nothing of another host. Thumbnails and the camera's picture are data: and blob:. */
export const pagePolicy =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
