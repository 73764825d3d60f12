import { DataError, parseJsonText } from '@headstart/core/kit'
import type { Catalog } from './pair.js'

/**
 * The texts of a catalog in JSON, however deep they lie; what is no text is passed over.
 * @throws DataError where it is no JSON, or no object of texts.
 */
export function jsonCatalog(path: string, text: string): Catalog {
  let json: unknown
  try {
    json = parseJsonText(text)
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : 'something else'
    throw new DataError(path, 'a catalog in JSON', got, 'Correct it.', { cause })
  }
  if (typeof json !== 'object' || json === null) {
    throw new DataError(
      path,
      'an object of texts by their keys',
      JSON.stringify(json).slice(0, 60),
      'Give another file.',
    )
  }
  return new Map(textsIn(json, []))
}

function textsIn(value: unknown, path: readonly string[]): [string, string][] {
  if (typeof value === 'string') return [[JSON.stringify(path), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]))
}
