import { DataError } from '@headstart/core/kit'
import { type GetTextTranslation, type GetTextTranslations, po } from 'gettext-parser'
import type { CatalogGaps, FilledText } from './fill-json.js'
import { parsedPo } from './po-catalog.js'

/** Forms of a plural that a language has; Arabic has six. */
const mostForms = 10

/** A text of an entry that is missing: a form of a plural, or its only one. */
interface Gap {
  readonly entry: GetTextTranslation
  readonly form: number
  readonly text: string
}

/**
 * What a catalog of gettext lacks of another, or of its own texts, and the same with it put in. What is to be looked at is marked as
 * fuzzy. What stands in it stays as it is; gettext-parser may break its lines elsewhere.
 * @param target Its bytes; undefined where there is none yet.
 * @param language Of the targets, for the header of a new one.
 * @throws DataError for what is no catalog.
 */
export function poGaps(
  source: { readonly path: string; readonly bytes: Uint8Array },
  target: { readonly path: string; readonly bytes: Uint8Array | undefined },
  language: string | undefined,
): CatalogGaps {
  const from = parsedPo(source.path, source.bytes)
  const to = target.bytes ? parsedPo(target.path, target.bytes) : emptyLike(from, language)
  const isOwn = source.path === target.path
  const forms = Number(/nplurals\s*=\s*(\d+)/.exec(headerOf(to, 'Plural-Forms'))?.[1] ?? 2)
  if (forms > mostForms) {
    throw new DataError(
      target.path,
      `at most ${mostForms} plural forms`,
      String(forms),
      'Correct its header Plural-Forms.',
    )
  }
  const gaps: Gap[] = []
  let kept = 0
  for (const [context, entries] of Object.entries(from.translations)) {
    for (const [id, entry] of Object.entries(entries)) {
      if (id === '') continue
      const plural = entry.msgid_plural
      const known = own(own(to.translations, context), id)
      const there: GetTextTranslation = known ?? { ...entry, msgstr: [] }
      const said = isOwn ? [] : entry.msgstr
      const count = plural === undefined ? 1 : forms
      for (let form = 0; form < count; form++) {
        if (there.msgstr[form]) kept++
        else {
          const isOne = plural === undefined || (form === 0 && forms > 1)
          gaps.push({ entry: there, form, text: isOne ? said[0] || entry.msgid : said.at(-1) || (plural as string) })
        }
      }
    }
  }
  return {
    gaps: gaps.map(({ entry, text }) => ({ place: entry.msgid, text })),
    kept,
    filled(texts) {
      gaps.forEach((gap, place) => put(to, gap, texts[place]))
      return po.compile(to).toString('utf8')
    },
  }
}

function put({ translations }: GetTextTranslations, { entry, form }: Gap, filled: FilledText | undefined): void {
  if (!filled) return
  const name = entry.msgctxt ?? ''
  const context = own(translations, name) ?? {}
  setOwn(translations, name, context)
  setOwn(context, entry.msgid, entry)
  while (entry.msgstr.length < form) entry.msgstr.push('')
  entry.msgstr[form] = filled.text
  if (filled.isSure) return
  const flags = entry.comments?.flag
  const marked = flags ? (flags.includes('fuzzy') ? flags : `${flags}, fuzzy`) : 'fuzzy'
  entry.comments = { ...entry.comments, flag: marked } as NonNullable<GetTextTranslation['comments']>
}

/** What a catalog itself has under a name, which may be that of something every object has, such as `__proto__`. */
function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined
}

function setOwn<T>(values: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(values, name, { value, writable: true, enumerable: true, configurable: true })
}

function headerOf({ headers }: GetTextTranslations, name: string): string {
  const found = Object.entries(headers).find(([own]) => own.toLowerCase() === name.toLowerCase())
  return found ? String(found[1]) : ''
}

/** A catalog without entries, with the header of another but for its language. */
function emptyLike(from: GetTextTranslations, language: string | undefined): GetTextTranslations {
  const headers = { ...from.headers, ...(language !== undefined && { Language: language }) }
  const charset = 'utf-8'
  return { charset, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, translations: { '': {} } }
}
