import { DataError, parseJsonText } from '@headstart/core/kit'
import { type JSONPath, modify, applyEdits } from 'jsonc-parser'

/** Texts of one catalog that another has not, and the other with them. */
export interface CatalogGaps {
  /** What is to be translated, and where it lies. */
  readonly gaps: readonly { readonly place: string; readonly text: string }[]
  /** Texts that are there. */
  readonly kept: number
  /** @param texts In the order of the gaps; undefined leaves one. `isSure` false: to be looked at. */
  filled(texts: readonly (FilledText | undefined)[]): string
}

export interface FilledText {
  readonly text: string
  readonly isSure: boolean
}

/**
 * What a catalog in JSON lacks of another, and the same with it put in: what stands in it stays as it is, to the letter; a line into
 * which something comes may be laid out anew. (Edited by jsonc-parser, with which VS Code edits its settings.)
 * @param target Its text; undefined where there is none yet.
 * @throws DataError for what is no JSON.
 */
export function jsonGaps(
  source: { readonly path: string; readonly text: string },
  target: { readonly path: string; readonly text: string | undefined },
): CatalogGaps {
  const before = target.text?.trim() ? target.text : undefined
  const from = parsed(source.path, source.text)
  const to = before === undefined ? undefined : parsed(target.path, before)
  const leaves = textsIn(from, [])
  const isThere = ({ path, text }: Leaf): boolean => {
    const value = valueAt(to, path)
    return value !== undefined && value !== null && (value !== '' || text === '')
  }
  const missing = leaves.filter((leaf) => !isThere(leaf))
  return {
    gaps: missing.map(({ path, text }) => ({ place: path.join('.'), text })),
    kept: leaves.length - missing.length,
    filled(texts) {
      const found = missing.flatMap(({ path }, place) => {
        const one = texts[place]
        return one ? [{ path, text: one.text }] : []
      })
      const formatting = layoutOf(before ?? source.text)
      if (before === undefined) {
        const all = new Map(found.map(({ path, text }) => [JSON.stringify(path), text]))
        return JSON.stringify(copied(from, all, []), null, formatting.indent) + formatting.end
      }
      return found.reduce((json, { path, text }) => inserted(json, from, path, text, formatting), before)
    },
  }
}

interface Leaf {
  readonly path: JSONPath
  readonly text: string
}

function textsIn(value: unknown, path: JSONPath): Leaf[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((inner, place) => textsIn(inner, [...path, place]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]))
}

function valueAt(json: unknown, path: JSONPath): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<string | number, unknown>>)[name]
        : undefined,
    json,
  )
}

/** A new catalog: the source's with other texts; what is no text is the same. A text that is none yet is left out. */
function copied(value: unknown, texts: ReadonlyMap<string, string>, path: JSONPath): unknown {
  if (typeof value === 'string') return texts.get(JSON.stringify(path))
  if (Array.isArray(value)) return value.map((inner, place) => copied(inner, texts, [...path, place]) ?? '')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copied(inner, texts, [...path, name])]))
}

interface Layout {
  /** What a level is indented by. */
  readonly indent: string
  readonly eol: string
  /** What follows the last brace. */
  readonly end: string
}

function layoutOf(text: string): Layout {
  return {
    indent: /^[{[]\r?\n([ \t]+)/.exec(text.trimStart())?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    end: /\s*$/.exec(text)?.[0] ?? '',
  }
}

/** A catalog with one more text: what is new of its path comes behind what is before it in the source. */
function inserted(json: string, source: unknown, path: JSONPath, text: string, { indent, eol }: Layout): string {
  const known = JSON.parse(json) as unknown
  const depth = path.findIndex((_, place) => valueAt(known, path.slice(0, place + 1)) === undefined)
  const siblings = Object.keys(Object(valueAt(source, path.slice(0, depth))) as object)
  const before = siblings.slice(0, siblings.indexOf(String(path[depth]))).reverse()
  const edits = modify(json, path, text, {
    formattingOptions: { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol },
    getInsertionIndex: (names) => {
      const neighbor = before.find((name) => names.includes(name))
      return neighbor === undefined ? 0 : names.indexOf(neighbor) + 1
    },
  })
  return applyEdits(json, edits)
}

function parsed(path: string, text: string): unknown {
  let json: unknown
  try {
    json = parseJsonText(text)
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : 'something else'
    throw new DataError(path, 'a catalog in JSON', got, 'Correct it.', { cause })
  }
  if (typeof json === 'object' && json !== null) return json
  throw new DataError(path, 'an object of texts by their keys', text.trim().slice(0, 60), 'Give another file.')
}
