import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Context } from 'hono'
import { pagePolicy } from './guards.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** Where Vite writes the page: beside this file, when it is built; in `dist` of the package, when tests run the source. */
const places = [new URL('./page/', import.meta.url), new URL('../../dist/page/', import.meta.url)]

interface PageFile {
  readonly plain: Uint8Array
  readonly packed: Uint8Array
}

const kept = new Map<string, Promise<PageFile | undefined>>()

/** A file of the page; undefined for what is none. */
export async function pageFile({ req }: Context): Promise<Response | undefined> {
  const path = req.path === '/' ? 'index.html' : req.path.slice(1)
  const type = types[extname(path)]
  // Names as Vite makes them: nothing that leads out of the folder.
  if (!type || !/^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)*$/.test(path)) return undefined
  let file = kept.get(path)
  if (!file) kept.set(path, (file = read(path)))
  const found = await file
  if (!found) {
    kept.delete(path)
    return undefined
  }
  const isPacked = /\bgzip\b/.test(req.header('accept-encoding') ?? '')
  const headers: Record<string, string> = {
    'content-type': type,
    // Names in assets/ have a hash of what is in them.
    'cache-control': path.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': pagePolicy,
    vary: 'accept-encoding',
  }
  if (isPacked) headers['content-encoding'] = 'gzip'
  return new Response((isPacked ? found.packed : found.plain) as Uint8Array<ArrayBuffer>, { headers })
}

async function read(path: string): Promise<PageFile | undefined> {
  for (const place of places) {
    const plain = await readFile(fileURLToPath(new URL(path, place))).catch(() => undefined)
    if (plain) return { plain, packed: await promisify(gzip)(plain) }
  }
  return undefined
}
