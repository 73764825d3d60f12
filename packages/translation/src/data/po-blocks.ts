import { type GetTextTranslation, type GetTextTranslations, po } from 'gettext-parser'

/** A part of a catalog of gettext up to the next entry, as it stands there: with its blank lines it is a piece of the file. */
export interface PoBlock {
  readonly text: string
  /** Keys of its entries: of one, mostly; none in the header, and in what is obsolete. */
  readonly keys: readonly string[]
}

/** What tells an entry from others, as gettext joins it. */
export function poKey({ msgctxt = '', msgid }: Pick<GetTextTranslation, 'msgctxt' | 'msgid'>): string {
  return `${msgctxt}\u0004${msgid}`
}

/**
 * The blocks of a catalog; together they are its text.
 * @param bytes Of the file.
 * @returns undefined for one that is not in UTF-8, and one that does not fall into blocks.
 */
export function poBlocks(bytes: Uint8Array, catalog: GetTextTranslations): PoBlock[] | undefined {
  const parts: string[] = []
  let isOver = true
  try {
    for (const line of new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split(/(?<=\n)/)) {
      const isBlank = line.trim() === ''
      if (isOver && !isBlank) parts.push(line)
      else parts.push((parts.pop() ?? '') + line)
      isOver = isBlank
    }
    const blocks = parts.map((text) => ({ text, keys: entriesOf(po.parse(text)).map(poKey) }))
    const [found, all] = [blocks.flatMap(({ keys }) => keys), new Set(entriesOf(catalog).map(poKey))]
    return found.length === all.size && found.every((key) => all.has(key)) ? blocks : undefined
  } catch {
    return undefined
  }
}

/** The entries of a catalog, without its header. */
export function entriesOf({ translations }: GetTextTranslations): GetTextTranslation[] {
  return Object.values(translations)
    .flatMap((entries) => Object.values(entries))
    .filter(({ msgid }) => msgid !== '')
}

/** Entries as they are written, without what follows them. */
export function poText(entries: readonly GetTextTranslation[], eol: string): string {
  return entries
    .map((entry) => {
      const translations = { [entry.msgctxt ?? '']: { [entry.msgid]: entry } }
      const whole = po.compile({ charset: 'utf-8', headers: {}, translations }, { eol }).toString('utf8')
      // The header comes first.
      return whole.slice(whole.indexOf(eol + eol) + 2 * eol.length).trimEnd()
    })
    .join(eol + eol)
}
