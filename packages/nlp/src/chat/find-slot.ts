import { withinTime } from '@headstart/core/load'
import type { parse } from 'chrono-node/en'
import type { Slot } from './script.js'

/** What was found for a slot: a value of its list, what a pattern found, a number, or a day as `2026-05-17`, with its hour `2026-05-17 14:30`. */
export type SlotValue = string | number

/**
 * What a text says of each of some slots, by their names; of some it may say nothing.
 * @param now Which moment "tomorrow" is told from.
 * @throws InputError for a text that is searched too long, for all of them together.
 */
export async function findSlots(
  slots: Readonly<Record<string, Slot>>,
  text: string,
  now: Date,
): Promise<Record<string, SlotValue>> {
  const found: [string, SlotValue][] = []
  const end = performance.now() + longestSearch
  const within: Within = (search, who) => withinTime(search, Math.max(1, end - performance.now()), who)
  // One after another: the first search that takes too long is the last one.
  for (const [name, slot] of Object.entries(slots)) {
    const value = await finders[slot.kind](slot, text, now, within)
    if (value !== undefined) found.push([name, value])
  }
  return Object.fromEntries(found)
}

/** Ends a search where the time of its text is over. */
type Within = <T>(search: () => T, who: string) => T

const finders: {
  readonly [Kind in Slot['kind']]: (
    slot: Slot,
    text: string,
    now: Date,
    within: Within,
  ) => SlotValue | undefined | Promise<SlotValue | undefined>
} = {
  values({ values = {} }, text, _, within) {
    const said = inWords(text)
    return within(() => {
      let longest: { readonly value: string; readonly words: string } | undefined
      for (const [value, others] of Object.entries(values)) {
        for (const words of [value, ...others].map(inWords))
          if (words !== '  ' && said.includes(words) && words.length > (longest?.words.length ?? 0))
            longest = { value, words }
      }
      return longest?.value
    }, 'the search for values')
  },
  pattern({ pattern = '' }, text, _, within) {
    const found = within(
      () => new RegExp(pattern, 'iu').exec(text.slice(0, longestText)),
      `the pattern ${pattern} of a slot`,
    )
    const [whole, group] = found ?? []
    return (group ?? whole)?.trim() || undefined
  },
  number(_, text) {
    const digits = /[-−]?\d[\d,]*(?:\.\d+)?/u.exec(text)?.[0]
    if (digits !== undefined) return Number(digits.replaceAll(',', '').replace('−', '-'))
    const word = inWords(text)
      .split(' ')
      .find((one) => spelled.includes(one))
    return word === undefined ? undefined : spelled.indexOf(word)
  },
  async date({ language = 'en' }, text, now, within) {
    const known = await dates[language]()
    // What was not said to be past is to come.
    const found = within(
      () => known.parse(text.slice(0, longestText), now, { forwardDate: true }),
      'the search for a date',
    )
    const start = found[0]?.start
    // "In the evening" alone is no day.
    if (!start || !(['day', 'weekday'] as const).some((part) => start.isCertain(part))) return undefined
    const [year, month, day, hour, minute] = (['year', 'month', 'day', 'hour', 'minute'] as const).map((part) =>
      String(start.get(part) ?? 0).padStart(2, '0'),
    )
    const date = `${year}-${month}-${day}`
    return start.isCertain('hour') ? `${date} ${hour}:${minute}` : date
  },
}

/** Only who asks for dates waits for them. chrono-node has what no few lines have: how days are said, in many languages. */
const dates: {
  readonly [Language in NonNullable<Slot['language']>]: () => Promise<{ readonly parse: typeof parse }>
} = {
  en: () => import('chrono-node/en'),
  de: () => import('chrono-node/de'),
  es: () => import('chrono-node/es'),
  fr: () => import('chrono-node/fr'),
  it: () => import('chrono-node/it'),
  nl: () => import('chrono-node/nl'),
  pt: () => import('chrono-node/pt'),
  ja: () => import('chrono-node/ja'),
  ru: () => import('chrono-node/ru'),
  zh: () => import('chrono-node/zh'),
}

/** What lies behind so many characters is not searched: a pattern can take long. */
const longestText = 1000
/** Milliseconds that the search of a text may take, for all slots of an intent, on a machine with other work too. */
const longestSearch = 1000

const spelled = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** The words of a text in small letters, each between spaces. */
function inWords(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `
}
