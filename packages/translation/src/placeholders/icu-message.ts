import {
  type MessageFormatElement,
  parse,
  type PluralElement,
  type SelectElement,
  TYPE,
} from '@formatjs/icu-messageformat-parser'
import { InputError } from '@headstart/core'
import { hoistSelectors } from '@formatjs/icu-messageformat-parser/manipulator.js'
import { type Split, whole } from './split.js'

/** A message of ICU in whole sentences, one for each of its choices. */
export interface Message extends Split {
  /** Whether it has choices: `{n, plural, one {# file} other {# files}}`. */
  readonly hasChoices: boolean
}

/**
 * The sentences of a message of ICU MessageFormat: what stands around a plural or a select goes into each of its choices, so that
 * each is a sentence of its own. Other texts are one sentence. (Parsed by formatjs, the reference in JavaScript.)
 * @throws InputError for one of more than 1,000 sentences.
 * @param to Language of the translation: a plural gets the forms that it has and the source has not, as its form 'other'.
 */
export function icuMessage(text: string, to?: string): Message {
  const elements = hoisted(text)
  if (!elements) return { ...whole(text), hasChoices: false }
  const pieces: string[] = []
  const shape = shapeOf(text, elements, pieces, to)
  return { pieces, join: (all) => shape(all), hasChoices: true }
}

/** Whether a text is a message of ICU with choices. */
export function isMessage(text: string): boolean {
  return parsed(text) !== undefined
}

/** A message with choices; undefined for what is none. */
function parsed(text: string): MessageFormatElement[] | undefined {
  if (!/\{[^{}]+,\s*(plural|select|selectordinal)\s*,/.test(text)) return undefined
  try {
    return parse(text, { ignoreTag: true, captureLocation: true })
  } catch {
    return undefined
  }
}

/** The message with all choices outside; undefined for what is none. */
function hoisted(text: string): MessageFormatElement[] | undefined {
  const elements = parsed(text)
  const count = elements ? sentencesIn(elements) : 0
  if (count > mostSentences) {
    const got = `${count}: each choice beside another one multiplies them`
    throw new InputError('message', `at most ${mostSentences} sentences, one for each of its choices`, got, 'Split it.')
  }
  try {
    return elements && hoistSelectors(elements)
  } catch {
    return undefined
  }
}

/** Twenty choices between two, one beside the other, would be a million. */
const mostSentences = 1000

/** How many sentences a message is, with all choices outside. */
function sentencesIn(elements: readonly MessageFormatElement[]): number {
  return elements.reduce((product, one) => {
    if (one.type === TYPE.tag) return product * sentencesIn(one.children)
    if (one.type !== TYPE.plural && one.type !== TYPE.select) return product
    return product * Object.values(one.options).reduce((sum, { value }) => sum + sentencesIn(value), 0)
  }, 1)
}

/** Collects the sentences of a message, and gives what puts them in their places again. */
function shapeOf(
  text: string,
  elements: readonly MessageFormatElement[],
  pieces: string[],
  to: string | undefined,
): (all: readonly string[]) => string {
  const choice = elements.find(
    (one): one is PluralElement | SelectElement => one.type === TYPE.plural || one.type === TYPE.select,
  )
  if (!choice) {
    const place = pieces.push(elements.map((one) => written(text, one)).join('')) - 1
    return (all) => all[place] ?? ''
  }
  const isPlural = choice.type === TYPE.plural
  const options = Object.entries(choice.options).map(
    ([name, { value }]) => [name, shapeOf(text, value, pieces, to)] as const,
  )
  const kind = isPlural ? (choice.pluralType === 'ordinal' ? 'selectordinal' : 'plural') : 'select'
  const offset = isPlural && choice.offset ? `offset:${choice.offset} ` : ''
  const other = options.find(([name]) => name === 'other')
  const further =
    isPlural && other ? pluralForms(to, choice.pluralType).filter((name) => !(name in choice.options)) : []
  const all = [
    ...options.filter((one) => one !== other),
    ...further.map((name) => [name, other?.[1]] as const),
    ...(other ? [other] : []),
  ]
  return (texts) =>
    `{${choice.value}, ${kind}, ${offset}${all.map(([name, inner]) => `${name} {${inner?.(texts) ?? ''}}`).join(' ')}}`
}

/** A part of a sentence as it stands in the message. The # of a plural around another choice is a number by its name inside of that. */
function written(text: string, element: MessageFormatElement): string {
  const { location } = element
  const said = location ? text.slice(location.start.offset, location.end.offset) : ''
  return said === '#' && element.type === TYPE.number ? `{${element.value}, number}` : said
}

function pluralForms(language: string | undefined, type: Intl.PluralRulesOptions['type']): string[] {
  try {
    return language === undefined
      ? []
      : new Intl.PluralRules(language, type ? { type } : {}).resolvedOptions().pluralCategories
  } catch {
    return []
  }
}
