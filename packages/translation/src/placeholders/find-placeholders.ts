import { OptionError } from '@headstart/core/kit'

/** What a conversion of printf ends with: the size of its argument, and what becomes of it. */
const conversion = '(?:hh|ll|[hlLzjt])?[@sdiuoxXfFeEgGcCpaA]'

/** What stands in a message for something else, as the formats of messages write it. */
const shapes = [
  String.raw`\{\{[^{}\n]*\}\}`, // Mustache, i18next, Angular
  String.raw`[$#%]\{[^{}\n]*\}`, // templates of JavaScript, Ruby
  String.raw`\{[^{}\n]*\}`, // ICU, .NET, Python, Rust
  String.raw`\$t\([^()\n]*\)`, // i18next, another message
  String.raw`%(?!${conversion}%)[A-Za-z_]\w*%`, // variables of Windows, Symfony; in "%d%%" and "%s%s" there is none
  // printf of C, Java, Python, Objective-C. Without the flag ' ', which "50 % of" would have.
  String.raw`%(?:\d+\$)?(?:\([\w.]+\))?[-+0#]*(?:\d+|\*)?(?:\.(?:\d+|\*))?${conversion}(?![\p{L}\p{N}])`,
  '%%',
  String.raw`</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>`, // HTML, and tags of ICU
  String.raw`</?\d+/?>`, // react-i18next
  String.raw`&(?:[A-Za-z]+|#\d+|#x[\dA-Fa-f]+);`,
  String.raw`https?://[^\s<>"'{}|\\^]*[^\s<>"'{}|\\^.,;:!?)\]]`, // links
]

/** How placeholders are found. */
export interface PlaceholderOptions {
  /** What is kept as it is besides: names of products. Default: nothing. */
  readonly keep?: readonly (string | RegExp)[] | undefined
  /** Whether # stands for a number: inside of a plural of ICU. Default false. */
  readonly pound?: boolean | undefined
}

/**
 * What must come out of a translation as it went in, in order: `{name}`, `{{name}}`, `${name}`, `%s`, `%1$s`, `%(name)s`, `<b>`, `&nbsp;`,
 * links, and what is to be kept.
 */
export function findPlaceholders(text: string, options: PlaceholderOptions = {}): string[] {
  return [...text.matchAll(patternOf(options))].flatMap(([found]) => (found === '' ? [] : [found]))
}

function patternOf({ keep = [], pound = false }: PlaceholderOptions): RegExp {
  const kept = keep.map((one) => (typeof one === 'string' ? wholeWord(one) : one.source))
  const flags = keep.some((one) => one instanceof RegExp && one.ignoreCase) ? 'giu' : 'gu'
  try {
    return new RegExp([...kept, ...shapes, ...(pound ? ['#'] : [])].join('|'), flags)
  } catch (cause) {
    const remedy = 'Correct them.'
    throw new OptionError('option "keep"', 'texts, and patterns with the flag u', keep.join(', '), remedy, { cause })
  }
}

/** A pattern of a text that is not a part of a longer word. */
export function wholeWord(text: string): string {
  const isWord = (character: string | undefined): boolean => /[\p{L}\p{N}_]/u.test(character ?? '')
  return `${isWord(text[0]) ? String.raw`(?<![\p{L}\p{N}_])` : ''}${escaped(text)}${isWord(text.at(-1)) ? String.raw`(?![\p{L}\p{N}_])` : ''}`
}

/** A pattern of a text itself. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

/** Placeholders of a source that are not in a target, and those of the target that are not in the source; as often as they are. */
export function comparePlaceholders(
  source: readonly string[],
  target: readonly string[],
): { readonly missing: readonly string[]; readonly surplus: readonly string[] } {
  return { missing: without(source, target), surplus: without(target, source) }
}

function without(list: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return list.filter((one) => {
    const place = left.indexOf(one)
    if (place >= 0) left.splice(place, 1)
    return place < 0
  })
}

/** What is wrong with placeholders of a target, in sentences. */
export function placeholderProblems(source: readonly string[], target: readonly string[]): string[] {
  const { missing, surplus } = comparePlaceholders(source, target)
  return [
    ...missing.map((one) => `${one} is missing.`),
    ...surplus.map((one) => `${one} is there, and ${source.includes(one) ? 'once too often' : 'not in the source'}.`),
  ]
}
