import { createServer as createNodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FileError } from '@headstart/core/kit'
import { loopbackHosts } from './http/guards.js'
import { createService, type Service, type ServiceOptions } from './service.js'

/** Options of `createServer`. */
export interface ServerOptions extends ServiceOptions {
  /** Default 8000; 0 for any that is free. */
  readonly port?: number | undefined
  /** Address to listen at. Default 127.0.0.1: this machine alone. */
  readonly host?: string | undefined
  /** Names under which it answers. Default: where it listens on this machine alone, its names; else any. */
  readonly hosts?: readonly string[] | undefined
  /** Milliseconds in which the whole of a request must have come. Default 30,000. */
  readonly receiving?: number | undefined
  /**
   * Milliseconds for which a server that is closed still takes requests, so that whoever passes them on has time to see that it is not
   * ready. Default 0.
   */
  readonly drain?: number | undefined
}

/** A server that listens. */
export interface Server extends AsyncDisposable {
  /** Where: 'http://127.0.0.1:8000'. */
  readonly url: string
  readonly service: Service
  /** Whether others than this machine can reach it. */
  readonly isOpen: boolean
  /** Not ready any more; what is under way is answered; then all connections and models are closed. */
  close(): Promise<void>
}

/**
 * Serves models by HTTP, on this machine alone unless it is told otherwise.
 * @throws FileError where the address cannot be listened at; what `createService` throws.
 */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const { port = 8000, host = '127.0.0.1', receiving = 30_000, drain = 0 } = options
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const hosts = options.hosts ?? (isLoopback ? loopbackHosts : undefined)
  const service = await createService({ ...options, hosts })
  const node = createNodeServer({
    requestTimeout: receiving,
    headersTimeout: Math.min(receiving, 10_000),
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: Math.min(receiving, 1000),
    maxHeaderSize: 16_384,
  })
  let underWay = 0
  let whenDone = (): void => {}
  node.on('request', (incoming, outgoing) => {
    underWay++
    outgoing.once('close', () => {
      if (--underWay === 0) whenDone()
    })
    service.listener(incoming, outgoing)
  })
  try {
    await new Promise<void>((resolve, reject) => {
      node.once('error', reject)
      node.listen(port, host, resolve)
    })
  } catch (cause) {
    await service.close()
    const remedy = 'Choose another --port, or end what listens there.'
    const got = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new FileError('environment', `${host}:${port}`, 'an address to listen at', got, remedy, { cause })
  }
  const address = node.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    service.drain()
    if (drain > 0) await new Promise((resolve) => setTimeout(resolve, drain))
    const closed = new Promise<void>((resolve) => node.close(() => resolve()))
    if (underWay > 0) await new Promise<void>((resolve) => (whenDone = resolve))
    // Those on which no request has come.
    node.closeAllConnections()
    await closed
    await service.close()
  }
  const server: Server = {
    url: `http://${name}:${address.port}`,
    service,
    isOpen: !isLoopback,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => server.close(),
  }
  return server
}
