import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { HeadstartError, type LoadOptions } from '@headstart/core'
import { OptionError, sharedBackbones } from '@headstart/core/kit'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import { bodyRooms } from './http/body-room.js'
import { checkHost, checkOrigin, checkToken } from './http/guards.js'
import { problemResponse, RequestError, statusOf } from './http/request-error.js'
import { isWritten, writeJson } from './http/write-json.js'
import { createMetrics } from './metrics.js'
import type { BatchLimits } from './models/batcher.js'
import type { ModelSource } from './models/model-source.js'
import { ServedModel } from './models/served-model.js'
import { healthRoutes } from './routes/health.js'
import { huggingFaceRoutes } from './routes/hugging-face.js'
import { openapiRoutes } from './routes/openapi.js'
import { openInferenceRoutes } from './routes/open-inference.js'
import { ownRoutes } from './routes/own.js'
import { pageRoutes } from './routes/page.js'
import type { RequestContext, RequestVariables } from './routes/request-context.js'

/** Something that whoever runs a service wants to know. */
export interface ServiceEvent {
  readonly type: 'swapped' | 'refused' | 'failed'
  readonly message: string
  readonly cause?: unknown
}

/** Options of `createService`. */
export interface ServiceOptions extends Partial<Readonly<Record<keyof BatchLimits, number | undefined>>> {
  readonly models?: readonly ModelSource[]
  /** Milliseconds after which a request is given up. Default 30,000. */
  readonly deadline?: number | undefined
  /** Bytes that the body of a request may have. Default 10 MiB. */
  readonly bodyLimit?: number | undefined
  /** What requests must bring along, but for those about health and the page. Default: nothing. */
  readonly token?: string | undefined
  /** Names under which it answers, without ports. Default: under any. */
  readonly hosts?: readonly string[] | undefined
  /** Milliseconds between looks at whether models were replaced; 0 for never. Default 1000. */
  readonly watch?: number | undefined
  /** Where networks run. Default 'cpu'. */
  readonly device?: LoadOptions['device']
  readonly onEvent?: (event: ServiceEvent) => void
}

/** Models behind addresses, for a server of one's own. */
export interface Service extends AsyncDisposable {
  /** Answers a request: what Hono, Bun, Deno and workers call a handler. */
  fetch(request: Request): Promise<Response>
  /** The same for Node's own server, Express and Fastify. */
  listener(incoming: IncomingMessage, outgoing: ServerResponse): void
  readonly models: ReadonlyMap<string, ServedModel>
  /** @throws OptionError for a name that is taken; what `open` of the source throws. */
  add(source: ModelSource): Promise<ServedModel>
  /** Closes it after its last answer. */
  remove(name: string): Promise<void>
  /** Says from now on that it wants no more requests. Those that come all the same are answered, and their connections closed. */
  drain(): void
  /** Ends after the last answers. */
  close(): Promise<void>
}

const usual = { batch: 32, wait: 2, queue: 256, deadline: 30_000, bodyLimit: 10 * 2 ** 20, watch: 1000 }

/**
 * Opens models, to be asked by HTTP.
 * @throws OptionError for numbers out of range and names that are no part of an address; what `open` of a source throws.
 */
export async function createService(options: ServiceOptions = {}): Promise<Service> {
  const limits = limitsOf(options)
  const { token, hosts, onEvent } = options
  const models = new Map<string, ServedModel>()
  const metrics = createMetrics(() => [...models.values()].map(({ name, waiting }) => [name, waiting] as const))
  const events = {
    batch: metrics.batch,
    swapped(model: string) {
      metrics.swapped(model)
      onEvent?.({ type: 'swapped', message: `model "${model}" was replaced, and the new one is served` })
    },
    refused(model: string, cause: unknown) {
      metrics.refused(model)
      onEvent?.({ type: 'refused', message: `model "${model}": ${said(cause)}; the one before goes on`, cause })
    },
  }
  const share = sharedBackbones()
  let isReady = true
  const context: RequestContext = {
    models,
    isReady: () => isReady,
    modelOf(name) {
      const model = models.get(name)
      if (model) return model
      throw new RequestError(404, 'request', `a model of ${[...models.keys()].join(', ') || 'none'}`, `"${name}"`)
    },
  }

  const roomFor = bodyRooms(limits.bodyLimit)
  /** Of every answer. */
  const headers = (): Record<string, string> => ({
    'X-Content-Type-Options': 'nosniff',
    ...(!isReady && { Connection: 'close' }),
  })
  const app = new Hono<RequestVariables>()
  app.use(async (c, next) => {
    const start = performance.now()
    const isOpen = c.req.path === '/' || c.req.path.startsWith('/health/')
    if (hosts) checkHost(c.req.raw, hosts)
    checkOrigin(c.req.raw)
    if (token !== undefined && !isOpen) checkToken(c.req.raw, token)
    const { signal, end } = lifeOf(c.req.raw, limits.deadline)
    const body = roomFor()
    writeJson(c, headers)
    c.set('signal', signal)
    c.set('body', body)
    try {
      await next()
    } finally {
      end()
      body.release()
    }
    // Of names that nobody has there would be no end.
    const model = models.get(c.req.param('name') ?? '')?.name ?? ''
    metrics.request(routePath(c, -1), model, c.res.status, (performance.now() - start) / 1000)
    if (isWritten(c.res)) return
    for (const [name, value] of Object.entries(headers())) c.header(name, value)
  })
  app.onError((cause, c) => {
    if (statusOf(cause) >= 500 && !(cause instanceof RequestError)) {
      onEvent?.({ type: 'failed', message: `a request failed: ${said(cause)}`, cause })
    }
    return problemResponse(c, cause)
  })
  app.notFound((c) => {
    const got = `${c.req.method} ${c.req.path}`
    return problemResponse(c, new RequestError(404, 'request', 'an address of /openapi.json', got))
  })
  app.route('/', healthRoutes(context, metrics))
  app.route('/', pageRoutes())
  app.route('/', openapiRoutes(context, token !== undefined))
  app.route('/', openInferenceRoutes(context))
  app.route('/', huggingFaceRoutes(context))
  app.route('/', ownRoutes(context))

  const service: Service = {
    fetch: async (request) => app.fetch(request),
    listener: getRequestListener((request, node) => app.fetch(request, node), { overrideGlobalObjects: false }),
    models,
    async add(source) {
      requireName(source.name)
      if (models.has(source.name)) {
        const remedy = 'Call one of them otherwise: NAME=FOLDER.'
        throw new OptionError('models to serve', 'each name once', `"${source.name}" twice`, remedy)
      }
      const model = await ServedModel.open(
        source,
        { paths: false, device: options.device, share, aside: true },
        limits,
        events,
      )
      models.set(source.name, model)
      return model
    },
    async remove(name) {
      const model = models.get(name)
      models.delete(name)
      await model?.close()
    },
    drain() {
      isReady = false
    },
    async close() {
      isReady = false
      clearInterval(watching)
      await Promise.all([...models.values()].map((model) => model.close()))
      models.clear()
    },
    [Symbol.asyncDispose]: () => service.close(),
  }
  const watching = limits.watch > 0 ? setInterval(look, limits.watch) : undefined
  function look(): void {
    for (const model of models.values()) void model.refresh()
  }
  try {
    for (const source of options.models ?? []) await service.add(source)
  } catch (cause) {
    await service.close()
    throw cause
  }
  return service
}

/** A signal that ends after so many milliseconds with what is then said, and when the client goes away. */
function lifeOf(request: Request, deadline: number): { readonly signal: AbortSignal; end(): void } {
  const life = new AbortController()
  const expire = (): void => {
    const remedy = 'Ask again, or for less at once.'
    life.abort(new RequestError(504, 'request', `an answer within ${deadline} ms`, 'none', remedy))
  }
  const timer = setTimeout(expire, deadline)
  const leave = (): void => life.abort(new RequestError(499, 'request', 'a client that waits', 'none'))
  request.signal.addEventListener('abort', leave, { once: true })
  const end = (): void => {
    clearTimeout(timer)
    request.signal.removeEventListener('abort', leave)
  }
  return { signal: life.signal, end }
}

function said(cause: unknown): string {
  return cause instanceof HeadstartError || cause instanceof Error ? cause.message : String(cause)
}

function limitsOf(options: ServiceOptions): typeof usual {
  const limits = { ...usual }
  for (const name of Object.keys(usual) as (keyof typeof usual)[]) {
    const value = options[name] ?? usual[name]
    const least = name === 'wait' || name === 'watch' ? 0 : 1
    if (!Number.isFinite(value) || value < least) {
      const remedy = 'Correct it, or leave it out.'
      throw new OptionError(`option "${name}"`, `a number from ${least} on`, String(value), remedy)
    }
    limits[name] = value
  }
  return limits
}

function requireName(name: string): void {
  if (/^[\w.-]+$/.test(name)) return
  const remedy = 'Name it: NAME=FOLDER.'
  throw new OptionError('name of a model', 'letters, digits, ".", "-" and "_"', `"${name}"`, remedy)
}
