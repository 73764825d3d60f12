import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a request is answered with. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** A static server, as any page has one, with some addresses that are answered in another way. */
export interface Site {
  /** Without a slash at its end. */
  readonly origin: string
  /** Answers by the beginning of a path. */
  readonly answers: Map<string, Answer>
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** @param folders Where the files of a path lie, by its first part. */
export async function serveSite(folders: Readonly<Record<string, string>>): Promise<Site> {
  const answers = new Map<string, Answer>()
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname))
    const answer = [...answers].find(([beginning]) => path.startsWith(beginning))?.[1]
    try {
      if (answer) return await answer(request, response)
      const [, first = '', ...rest] = path.split('/')
      const bytes = await readFile(join(folders[first] ?? '/nowhere', ...rest))
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Where onnxruntime-web lies. */
export const onnxruntimeWeb = dirname(
  createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
)

/** Where a file or folder of this workspace lies. */
export function pathTo(place: string): string {
  return fileURLToPath(new URL(`../../../${place}`, import.meta.url))
}
