import { DataError } from '@headstart/core/kit'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Catalog } from './pair.js'

/** A node as the parser gives it, in the order of the file: its name with its children, or a text. */
type XmlNode = Readonly<Record<string, unknown>>

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
})

/**
 * The units of a translation memory (Localization Industry Standards Association, TMX 1.4b) as a catalog for each of its languages. What
 * marks up a segment stays in its text.
 * @throws DataError where it is none.
 */
export function tmxCatalogs(path: string, text: string): Map<string, Catalog> {
  const refusal = (place: string, got: string): DataError =>
    new DataError(place, 'a translation memory (TMX)', got, 'Correct it.')
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw refusal(`${path}:${valid.err.line}`, valid.err.msg)
  let nodes: XmlNode[]
  try {
    nodes = parser.parse(text) as XmlNode[]
  } catch (error) {
    // Not all that it cannot read does the validator find: an instruction that is not closed, too many entities.
    throw refusal(path, (error as Error).message)
  }
  const catalogs = new Map<string, Map<string, string>>()
  const body = inside(inside(nodes, 'tmx')?.[0] ?? [], 'body')
  if (!body)
    throw new DataError(path, 'a translation memory (TMX)', 'XML without <tmx> and <body>', 'Give another file.')
  inside(body[0] ?? [], 'tu').forEach((unit, index) => {
    for (const variant of unit.filter((node) => 'tuv' in node)) {
      const attributes = (variant[':@'] ?? {}) as Readonly<Record<string, string>>
      const language = attributes['@_xml:lang'] ?? attributes['@_lang']
      const segment = inside(variant['tuv'] as XmlNode[], 'seg')[0]
      if (language === undefined || !segment) continue
      const catalog = catalogs.get(language) ?? new Map<string, string>()
      catalogs.set(language, catalog.set(JSON.stringify([String(index)]), textIn(segment)))
    }
  })
  return catalogs
}

/** What stands in each node of that name. */
function inside(nodes: readonly XmlNode[], name: string): XmlNode[][] {
  return nodes.flatMap((node) => (name in node ? [node[name] as XmlNode[]] : []))
}

function textIn(nodes: readonly XmlNode[]): string {
  return nodes
    .flatMap((node) =>
      Object.entries(node).map(([name, value]) => {
        if (name === ':@') return ''
        return Array.isArray(value) ? textIn(value as XmlNode[]) : String(value)
      }),
    )
    .join('')
}
