import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bertFiles } from '@headstart/nlp/test'

/** The only version of the only model of a hub of the campaign. */
export const commit = 'a'.repeat(40)
export const id = 'org/tiny'

/** What such a hub answers; true where it has answered. */
export type Answer = (request: IncomingMessage, response: ServerResponse, file: string | undefined) => boolean | void

/** A hub on loopback, which has one small encoder. */
export class Hub implements AsyncDisposable {
  readonly files = new Map(
    Object.entries(bertFiles()).map(([name, content]) => [
      name,
      Buffer.from(content instanceof Uint8Array ? content : JSON.stringify(content)),
    ]),
  )
  /** How often each file was asked for. */
  readonly asked = new Map<string, number>()
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    const isList = path.startsWith('/api/')
    const name = path.replace(`/${id}/resolve/${commit}/`, '')
    if (!isList) this.asked.set(name, (this.asked.get(name) ?? 0) + 1)
    if (this.answer(request, response, isList ? undefined : name) === true) return
    if (isList) return void response.end(this.list())
    const bytes = this.files.get(name)
    if (!bytes) return void response.writeHead(404).end()
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const range = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from, ...range })
    this.send(response, bytes.subarray(from))
  })

  private constructor(
    /** Comes before what the hub itself would answer. */
    public answer: Answer,
    private readonly send: (response: ServerResponse, bytes: Buffer) => void,
  ) {}

  static async start(
    answer: Answer = () => false,
    send = (response: ServerResponse, bytes: Buffer): void => void response.end(bytes),
  ): Promise<Hub> {
    const hub = new Hub(answer, send)
    hub.#server.listen(0, '127.0.0.1')
    await once(hub.#server, 'listening')
    // It keeps nobody alive who is not asking it.
    hub.#server.unref()
    return hub
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The list of its files, as a hub writes it. */
  list(): string {
    const siblings = [...this.files].map(([rfilename, bytes]) => ({
      rfilename,
      size: bytes.length,
      blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    }))
    return JSON.stringify({ sha: commit, pipeline_tag: 'feature-extraction', siblings })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
