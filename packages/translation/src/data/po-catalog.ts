import { DataError } from '@headstart/core/kit'
import { type GetTextTranslations, po } from 'gettext-parser'
import type { Catalog } from './pair.js'

/** A catalog of gettext: its own texts, and the sources that stand beside them, by the same keys. */
export interface PoCatalog {
  readonly targets: Catalog
  readonly sources: Catalog
}

/**
 * The texts of a catalog of gettext, which has both sides: of plural forms the first and the last. What is marked as fuzzy is left out.
 * @throws DataError where it is none.
 */
export function poCatalog(path: string, bytes: Uint8Array): PoCatalog {
  const [targets, sources] = [new Map<string, string>(), new Map<string, string>()]
  for (const entry of Object.values(parsedPo(path, bytes).translations).flatMap((one) => Object.values(one))) {
    const { msgctxt = '', msgid, msgid_plural: plural, msgstr, comments } = entry
    if (msgid === '' || comments?.flag?.includes('fuzzy')) continue
    const put = (name: readonly string[], source: string, target: string | undefined): void => {
      const key = JSON.stringify([msgctxt, ...name])
      sources.set(key, source)
      targets.set(key, target ?? '')
    }
    put([msgid], msgid, msgstr[0])
    if (plural !== undefined) put([msgid, plural], plural, msgstr.at(-1))
  }
  return { targets, sources }
}

/**
 * A catalog of gettext, parsed.
 * @throws DataError where it is none.
 */
export function parsedPo(path: string, bytes: Uint8Array): GetTextTranslations {
  try {
    const parsed = po.parse(Buffer.from(bytes))
    // Without its header a catalog has none, and an entry that is cut short no texts.
    parsed.headers ??= {}
    for (const entries of Object.values(parsed.translations))
      for (const entry of Object.values(entries)) entry.msgstr ??= []
    return parsed
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : 'something else'
    throw new DataError(path, 'a catalog of gettext (.po)', got, 'Correct it.', { cause })
  }
}
