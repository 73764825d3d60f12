import type { IncomingHttpHeaders } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'
import { packageError } from '@headstart/core/kit'
import type undici from 'undici'
import { HubError } from './errors.js'

/** Options of a connection to a hub. */
export interface HubOptions {
  /** Default: the environment variable HF_ENDPOINT, else https://huggingface.co. */
  readonly endpoint?: string | undefined
  /** For private models; sent to the hub's own host and to no other. Default: the environment variable HF_TOKEN. */
  readonly token?: string | undefined
  /**
   * Milliseconds without an answer, without the next bytes, or with fewer than a kilobyte of them a second, after which a request
   * counts as failed. Default 30,000.
   */
  readonly timeout?: number | undefined
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  readonly retryDelay?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told what is worth knowing, such as a wait that the hub asked for. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/** What the hub answered: status 200 or 206. */
export interface HubResponse {
  readonly status: number
  /** Those of the hub, which says hash and size where it redirects to a store, and `content-*` of the last answer. */
  readonly headers: IncomingHttpHeaders
  /** Ends with a failure that is tried again where it comes too slowly. */
  readonly body: AsyncIterable<Uint8Array>
}

const publicHub = 'https://huggingface.co'
const mostRedirects = 5
/** Attempts at one request that bring nothing. */
const mostAttempts = 5
/** Seconds that are waited where the hub asks for it. */
const longestWait = 120
/** Bytes a second below which an answer counts as standing still. */
const leastRate = 1024
const temporary = new Set([408, 429, 500, 502, 503, 504])

/** A failure that may be gone at the next attempt. */
class Temporary extends Error {
  override readonly name = 'Temporary'
  constructor(
    readonly got: string,
    /** Seconds. */
    readonly retryAfter: number | undefined,
    options?: ErrorOptions,
  ) {
    super(got, options)
  }
}

/**
 * Requests to a hub. Proxies are those of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). Answers of 429 and 5xx
 * and broken connections are tried again, later, as the hub asks (Retry-After; RFC 9110, section 10.2.3).
 */
export class HubClient implements AsyncDisposable {
  readonly #endpoint: URL
  readonly #options: HubOptions
  #connection: Connection | undefined

  /** @throws HubError for an endpoint that is no address. */
  constructor(options: HubOptions = {}) {
    const { HF_ENDPOINT, HF_TOKEN } = process.env
    const endpoint = options.endpoint ?? (HF_ENDPOINT || publicHub)
    this.#endpoint = endpointOf(endpoint)
    this.#options = { ...options, token: options.token ?? HF_TOKEN }
  }

  /** Its host, for messages. */
  get host(): string {
    return this.#endpoint.host
  }

  /**
   * Asks the hub for a path.
   * @param who What is asked for, in messages.
   * @throws HubError where the hub refuses, or gives no answer after several attempts.
   */
  async get(who: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<HubResponse> {
    // A mirror may lie below a path of its host.
    const url = new URL(this.#endpoint.pathname.replace(/\/$/, '') + path, this.#endpoint)
    return this.retry(who, () => this.#follow(who, url, headers))
  }

  /**
   * Does something that may fail for a while.
   * @param isProgress Whether the attempt that failed brought something, so that it does not count.
   */
  async retry<T>(who: string, attempt: () => Promise<T>, isProgress = () => false): Promise<T> {
    const { signal, retryDelay = 500, onNotice } = this.#options
    for (let failed = 0; ;) {
      signal?.throwIfAborted()
      try {
        return await attempt()
      } catch (error) {
        signal?.throwIfAborted()
        const cause = error instanceof Temporary ? error : asTemporary(error)
        if (!cause) throw error
        failed = isProgress() ? 1 : failed + 1
        const seconds = cause.retryAfter ?? (retryDelay / 1000) * 2 ** (failed - 1)
        if (failed >= mostAttempts || seconds > longestWait) {
          const remedy =
            cause.retryAfter === undefined
              ? 'Check the network and its proxy (HTTPS_PROXY), try again later, or give the path of a folder.'
              : `Try again in ${Math.ceil(cause.retryAfter)} seconds.`
          throw new HubError('environment', who, `an answer from ${this.host}`, cause.got, remedy, { cause: error })
        }
        if (cause.retryAfter) onNotice?.(`${this.host} asks to wait ${Math.ceil(seconds)} s (${cause.got}).`)
        await wait(seconds * 1000, undefined, { signal })
      }
    }
  }

  /** Ends its connections. Whatever is asked after that makes new ones. */
  async close(): Promise<void> {
    const open = this.#connection
    this.#connection = undefined
    await open?.dispatcher.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #follow(who: string, start: URL, headers: Readonly<Record<string, string>>): Promise<HubResponse> {
    const { token, signal, timeout = 30_000 } = this.#options
    const { request, dispatcher } = (this.#connection ??= connect())
    const seen: IncomingHttpHeaders = {}
    let url = start
    let isOwn = true
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      // Once it has left the hub, a redirect back gets no token either.
      isOwn &&= url.origin === this.#endpoint.origin
      const answer = await request(url, {
        dispatcher,
        headers: {
          ...headers,
          'accept-encoding': 'identity',
          'user-agent': 'headstart',
          ...(isOwn && token && { authorization: `Bearer ${token}` }),
        },
        headersTimeout: timeout,
        bodyTimeout: timeout,
        ...(signal && { signal }),
      })
      const { statusCode: status, body } = answer
      // A store behind the hub says how long its answer is; what the file is, the hub says.
      for (const [name, value] of Object.entries(answer.headers))
        if (isOwn || name.startsWith('content-')) seen[name] = value
      if (status === 200 || status === 206) return { status, headers: seen, body: paced(body, timeout) }
      // Read, so that the connection is free again.
      await body.dump()
      const { location } = answer.headers
      if (status >= 300 && status < 400 && typeof location === 'string') url = this.#target(who, location, url)
      else if (temporary.has(status)) throw new Temporary(`status ${status}`, secondsOf(answer.headers['retry-after']))
      else throw this.#refusal(who, status, answer.headers)
    }
    throw new HubError(
      'environment',
      who,
      `a file within ${mostRedirects} redirects`,
      'more of them',
      'Check the address in HF_ENDPOINT.',
    )
  }

  #target(who: string, location: string, from: URL): URL {
    const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined
    const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && from.protocol === 'http:'))
    if (isSafe) return url
    throw new HubError(
      'environment',
      who,
      'a redirect to https',
      `one to "${location.slice(0, 80)}"`,
      'Check the address in HF_ENDPOINT.',
    )
  }

  #refusal(who: string, status: number, headers: IncomingHttpHeaders): HubError {
    const { token } = this.#options
    const got = `status ${status}`
    if (status === 401 || status === 403) {
      const isGated = headers['x-error-code'] === 'GatedRepo'
      const remedy = isGated
        ? `Accept its terms at ${this.#endpoint.origin}, then set HF_TOKEN.`
        : token
          ? 'Check the name, and whether the token in HF_TOKEN may read it.'
          : 'Check the name; for a private model set HF_TOKEN.'
      return new HubError(
        'input',
        who,
        `a model that ${token ? 'the token' : 'everybody'} may read on ${this.host}`,
        got,
        remedy,
      )
    }
    if (status === 404)
      return new HubError(
        'input',
        who,
        `something of that name on ${this.host}`,
        got,
        'Check the name and the revision.',
      )
    return new HubError(
      'environment',
      who,
      `an answer from ${this.host}`,
      got,
      'Try again later, or give the path of a folder.',
    )
  }
}

/** What comes, for as long as enough of it comes. */
async function* paced(body: AsyncIterable<Uint8Array>, timeout: number): AsyncGenerator<Uint8Array> {
  let [since, bytes] = [performance.now(), 0]
  for await (const chunk of body) {
    yield chunk
    bytes += chunk.length
    const elapsed = performance.now() - since
    if (elapsed < timeout) continue
    if (bytes < (leastRate * elapsed) / 1000)
      throw brokenOff(`a connection that brought ${bytes} bytes in ${(elapsed / 1000).toFixed(0)} s`)
    ;[since, bytes] = [performance.now(), 0]
  }
}

interface Connection {
  readonly request: typeof undici.request
  readonly dispatcher: undici.Dispatcher
}

/** Loads what makes requests, which most programs never do. Required, for in the one file of a bundle it would not run. */
function connect(): Connection {
  const require = createRequire(import.meta.url)
  try {
    const { EnvHttpProxyAgent, request } = require('undici') as typeof undici
    return { request, dispatcher: new EnvHttpProxyAgent() }
  } catch (cause) {
    throw packageError('@headstart/hub', 'undici', cause)
  }
}

function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new HubError(
    'input',
    'HF_ENDPOINT',
    'an address, such as https://huggingface.co',
    `"${text}"`,
    'Correct it or leave it out.',
  )
}

/** Retry-After: seconds, or a date. */
function secondsOf(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000)
}

/** Codes of failures of the connection, and names of what is no HTTP, as opposed to those of a file or of this program. */
const connection =
  /^(UND_ERR_|HPE_|HTTPParserError|ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|ENET|EHOST|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/

function asTemporary(error: unknown): Temporary | undefined {
  if (error instanceof HubError) return undefined
  const { name, code = name, cause } = Object(error) as { name?: unknown; code?: unknown; cause?: unknown }
  if (typeof code === 'string' && connection.test(code))
    return new Temporary(`no connection (${code})`, undefined, { cause: error })
  return cause === undefined ? undefined : asTemporary(cause)
}

/** A connection that ended too early, to be tried again. */
export function brokenOff(got: string): Error {
  return new Temporary(got, undefined)
}
