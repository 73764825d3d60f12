import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request that came. */
export interface Seen {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

/** Answers a request in the hub's place; undefined leaves it to the hub. */
export type Interference = (request: IncomingMessage, response: ServerResponse) => true | undefined

/** A server on loopback that plays the hub, and another one, of another origin, that plays its store of large files. */
export interface LoopbackHub {
  readonly endpoint: string
  readonly seen: Seen[]
  readonly seenByStore: Seen[]
  /** Asked before the hub, and before its store, answer. */
  interfere: Interference | undefined
  interfereInStore: Interference | undefined
}

export interface HubContents {
  readonly id: string
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Where the model is private. */
  readonly token?: string
  readonly pipeline?: string
  readonly commit?: string
}

/** Files from this size on lie in the store. */
const largeFile = 4096

export async function loopbackHub({
  id,
  files,
  token,
  pipeline = 'feature-extraction',
  commit = 'c'.repeat(40),
}: HubContents): Promise<LoopbackHub> {
  const hub: LoopbackHub = {
    endpoint: '',
    seen: [],
    seenByStore: [],
    interfere: undefined,
    interfereInStore: undefined,
  }
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const blobId = (bytes: Uint8Array) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

  const store = await listen((request, response) => {
    hub.seenByStore.push(seenOf(request))
    if (hub.interfereInStore?.(request, response)) return
    sendRange(request, response, files[decodeURIComponent((request.url ?? '').slice(1))] ?? new Uint8Array())
  })
  const server = await listen((request, response) => {
    hub.seen.push(seenOf(request))
    if (hub.interfere?.(request, response)) return
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(401).end('{}')
    const path = decodeURIComponent(request.url ?? '')
    if (path.startsWith(`/api/models/${id}/revision/`)) {
      const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        blobId: blobId(bytes),
        ...(bytes.length >= largeFile && { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 130 } }),
      }))
      return void response.end(
        JSON.stringify({ id, sha: commit, pipeline_tag: pipeline, siblings, cardData: { license: 'mit' } }),
      )
    }
    const name = path.replace(`/${id}/resolve/${commit}/`, '')
    const bytes = files[name]
    if (!bytes) return void response.writeHead(404).end('Entry not found')
    if (bytes.length < largeFile) return sendRange(request, response, bytes, { etag: `"${blobId(bytes)}"` })
    const headers = {
      location: `${store.origin}/${encodeURIComponent(name)}`,
      'x-linked-etag': `"${sha256(bytes)}"`,
      'x-linked-size': bytes.length,
    }
    response.writeHead(302, headers).end()
  })
  return Object.assign(hub, { endpoint: server.origin })
}

/** Answers with a file, or the part of it that is asked for. */
export function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const part = bytes.subarray(start)
  const range = start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}
  response.writeHead(start > 0 ? 206 : 200, { ...headers, ...range, 'content-length': part.length }).end(part)
}

/** A server on a free port of loopback, closed after the test. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; origin: string }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function seenOf({ url = '', headers }: IncomingMessage): Seen {
  return { path: url, range: headers.range, authorization: headers.authorization }
}
