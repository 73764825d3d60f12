import { sha256 as hashOf } from '@noble/hashes/sha2.js'
import { FileError } from '../contract/errors.js'

/** Node's own hashes, which are much faster; undefined in a browser, where an import of Node's modules would not load. */
const native = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.('node:crypto')

/** SHA-256 of some bytes or texts (in UTF-8), one after the other, as 64 hexadecimal digits. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  if (native) {
    const hash = native.createHash('sha256')
    for (const part of parts) hash.update(part)
    return hash.digest('hex')
  }
  const hash = hashOf.create()
  for (const part of parts) hash.update(typeof part === 'string' ? new TextEncoder().encode(part) : part)
  return toHex(hash.digest())
}

/**
 * SHA-256 of a whole file, as 64 hexadecimal digits; in a browser by WebCrypto, beside the page's own thread.
 * @throws FileError in a page without WebCrypto: one that came over plain http, and not from this machine.
 */
export async function sha256OfFile(bytes: Uint8Array): Promise<string> {
  if (native) return sha256(bytes)
  const { subtle } = crypto as Partial<typeof crypto>
  if (!subtle) {
    const expected = 'a page that came over https or from localhost, in which files can be checked (crypto.subtle)'
    throw new FileError('environment', 'this page', expected, 'plain http', 'Serve the page over https.')
  }
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes)))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
