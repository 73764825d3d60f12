import { DataError } from '@headstart/core/kit'
import { type GetTextTranslation, type GetTextTranslations, po } from 'gettext-parser'
import type { CatalogGaps, FilledText } from './fill-json.js'
import { pluralFormsOf } from './plural-forms.js'
import { entriesOf, type PoBlock, poBlocks, poKey, poText } from './po-blocks.js'
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
 * What a catalog of gettext lacks of another, or of its own texts, and the same with it put in: entries that have all stay to the letter
 * where they stand, new ones come behind their neighbors. What is to be looked at is marked as fuzzy.
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
  const header = headerOf(to, 'Plural-Forms') || pluralFormsOf(headerOf(to, 'Language') || language || '')
  const forms = Number(/nplurals\s*=\s*(\d+)/.exec(header)?.[1] ?? 2)
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
  for (const entry of entriesOf(from)) {
    const { msgid: id, msgid_plural: plural } = entry
    const there: GetTextTranslation = entryIn(to, entry) ?? { ...entry, msgstr: [] }
    const said = isOwn ? [] : entry.msgstr
    const count = plural === undefined ? 1 : forms
    for (let form = 0; form < count; form++) {
      if (there.msgstr[form]) kept++
      else {
        const isOne = plural === undefined || (form === 0 && forms > 1)
        gaps.push({ entry: there, form, text: isOne ? said[0] || id : said.at(-1) || (plural as string) })
      }
    }
  }
  return {
    gaps: gaps.map(({ entry, text }) => ({ place: entry.msgid, text })),
    kept,
    filled(texts) {
      const before = target.bytes ?? po.compile({ ...to, translations: {} })
      const blocks = poBlocks(before, to)
      const changed = new Set(gaps.filter((gap, place) => put(to, gap, texts[place])).map(({ entry }) => poKey(entry)))
      // What cannot be edited is written anew as a whole.
      if (!blocks) return po.compile(to).toString('utf8')
      const order = poBlocks(source.bytes, from)?.flatMap(({ keys }) => keys) ?? entriesOf(from).map(poKey)
      return edited(blocks, to, order, changed)
    },
  }
}

/** The text of a catalog with entries that changed, or are new, in the order of another one. */
function edited(
  before: readonly PoBlock[],
  catalog: GetTextTranslations,
  order: readonly string[],
  changed: ReadonlySet<string>,
): string {
  const eol = before[0]?.text.includes('\r\n') ? '\r\n' : '\n'
  const entries = new Map(entriesOf(catalog).map((entry) => [poKey(entry), entry]))
  const textOf = (keys: readonly string[]): string =>
    poText(
      keys.map((key) => entries.get(key) as GetTextTranslation),
      eol,
    )
  const blocks = before.map(({ text, keys }) =>
    keys.some((key) => changed.has(key))
      ? { text: textOf(keys) + (/\s*$/.exec(text)?.[0] ?? ''), keys }
      : { text, keys },
  )
  const [known, wanted] = [new Set(before.flatMap(({ keys }) => keys)), new Set(order)]
  // The header, where there is one.
  let neighbor = blocks[0]?.keys.length === 0 ? 0 : -1
  for (const key of order) {
    if (known.has(key)) {
      neighbor = blocks.findIndex(({ keys }) => keys.includes(key))
      // What the source has no more stays with what is before it.
      while (blocks[neighbor + 1]?.keys.some((own) => !wanted.has(own))) neighbor++
    } else if (changed.has(key)) {
      const above = blocks[neighbor]
      if (above) above.text = above.text.trimEnd() + eol + eol
      const below = neighbor + 1 < blocks.length ? eol + eol : eol
      blocks.splice(++neighbor, 0, { text: textOf([key]) + below, keys: [key] })
    }
  }
  return blocks.map(({ text }) => text).join('')
}

/** Puts a text into its entry. @returns Whether there is one. */
function put({ translations }: GetTextTranslations, { entry, form }: Gap, filled: FilledText | undefined): boolean {
  if (!filled) return false
  const name = entry.msgctxt ?? ''
  const context = own(translations, name) ?? {}
  setOwn(translations, name, context)
  setOwn(context, entry.msgid, entry)
  while (entry.msgstr.length < form) entry.msgstr.push('')
  entry.msgstr[form] = filled.text
  if (filled.isSure) return true
  const flags = entry.comments?.flag
  const marked = flags ? (flags.includes('fuzzy') ? flags : `${flags}, fuzzy`) : 'fuzzy'
  entry.comments = { ...entry.comments, flag: marked } as NonNullable<GetTextTranslation['comments']>
  return true
}

/** The entry of a catalog for that of another. */
function entryIn(
  { translations }: GetTextTranslations,
  { msgctxt = '', msgid }: GetTextTranslation,
): GetTextTranslation | undefined {
  return own(own(translations, msgctxt), msgid)
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
  const own = language === undefined ? {} : { Language: language, 'Plural-Forms': pluralFormsOf(language) }
  const headers = { ...from.headers, ...own }
  const charset = 'utf-8'
  return { charset, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, translations: { '': {} } }
}
