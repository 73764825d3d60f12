import { Hono } from 'hono'
import type { Metrics } from '../metrics.js'
import type { RequestContext } from './request-context.js'

/** Whether it lives, whether it wants requests, and its figures. */
export function healthRoutes(context: RequestContext, metrics: Metrics): Hono {
  const app = new Hono()
  app.get('/health/live', ({ json }) => json({ live: true }))
  app.get('/health/ready', ({ json }) => json({ ready: context.isReady() }, context.isReady() ? 200 : 503))
  app.get('/metrics', async ({ body }) => body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }))
  return app
}
