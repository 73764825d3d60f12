import { sha256 } from '../kit/sha256.js'

/** The key of some content in a namespace: a SHA-256 of both, as hexadecimal digits. */
export function cacheKey(namespace: string, content: string | Uint8Array): string {
  // The length keeps the two apart. UTF-16, unlike UTF-8, tells any two different strings apart, lone surrogates too.
  return sha256(`${namespace.length}:${namespace}`, typeof content === 'string' ? utf16(content) : content)
}

/** The bytes of a text in UTF-16, the low one of each unit first. */
function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place)
    bytes[2 * place] = unit & 255
    bytes[2 * place + 1] = unit >> 8
  }
  return bytes
}
