import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** Packages as a registry serves them. */
export interface LocalRegistry {
  /** For `@headstart:registry` in an `.npmrc`; all other packages come from where they always do. */
  readonly address: string
  close(): void
}

/**
 * Serves a folder of tarballs to package managers: a document for each package, with one version, and the tarball.
 * Specification: npm's registry API, "package metadata".
 */
export async function serveTarballs(folder: string): Promise<LocalRegistry> {
  const answers = new Map<string, string | Buffer>()
  const server = createServer(({ url = '' }, response) => {
    const answer = answers.get(decodeURIComponent(url))
    response.writeHead(answer === undefined ? 404 : 200).end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.tgz'))) {
    const bytes = readFileSync(join(folder, file))
    const packed = execFileSync('tar', ['-xzOf', join(folder, file), 'package/package.json'], { encoding: 'utf8' })
    const manifest = JSON.parse(packed) as { readonly name: string; readonly version: string }
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    const version = { ...manifest, dist: { tarball: `${address}/${file}`, integrity } }
    const { name, version: latest } = manifest
    answers.set(`/${file}`, bytes)
    answers.set(`/${name}`, JSON.stringify({ name, 'dist-tags': { latest }, versions: { [latest]: version } }))
  }
  return { address, close: () => void server.close() }
}
