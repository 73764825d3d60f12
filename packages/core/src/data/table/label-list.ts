import { parseJsonText } from '../../kit/parse-json.js'
/** An item of a list: in quotes of either kind, or bare. */
const item = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|[^\s,'"][^,'"]*/gsu

/**
 * The labels in one cell: a list as JSON or as Python writes it (`["a", "b"]`, `['a', 'b']`, also with round or curly brackets, or as
 * numpy does without commas), else parts separated by `|`. White space around a label is none of it; an empty cell has none.
 */
export function labelsIn(cell: string): string[] {
  const text = cell.trim()
  const inside = /^(?:\[(.*)\]|\((.*)\)|\{(.*)\})$/s.exec(text)
  if (!inside) return present(text.split('|'))
  const json = jsonList(text)
  if (json) return present(json)
  const list = inside.slice(1).find((one) => one !== undefined) ?? ''
  if (!text.startsWith('[') && !/^\s*['"]/.test(list)) return present(text.split('|'))
  return present(
    Array.from(list.matchAll(item), ([bare, single, double]) => (single ?? double ?? bare).replace(/\\(.)/gs, '$1')),
  )
}

function present(labels: readonly string[]): string[] {
  return [...new Set(labels.map((label) => label.trim()).filter((label) => label !== ''))]
}

function jsonList(text: string): string[] | undefined {
  try {
    const value: unknown = parseJsonText(text)
    const isList = Array.isArray(value) && value.every((one) => ['string', 'number', 'boolean'].includes(typeof one))
    return isList ? value.map(String) : undefined
  } catch {
    return undefined
  }
}
