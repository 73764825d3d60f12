import * as z from 'zod'
import { DataError, expectationOf } from '@headstart/core/load'

const text = z.string().regex(/\S/, 'expected a text that is not empty')

/** What a bot needs to know beside the intent, such as the day of an appointment: found in what is said, and asked for. */
const slotSchema = z.strictObject({
  /**
   * How it is found: one of some `values`, each with other words for it; what a `pattern` finds, a regular expression, as its first group
   * or as a whole; a `number`; a `date`.
   */
  kind: z.enum(['values', 'pattern', 'number', 'date']),
  values: z.record(text, z.array(text)).optional(),
  pattern: z.string().optional(),
  /** Of dates. Default English. */
  language: z.enum(['en', 'de', 'es', 'fr', 'it', 'nl', 'pt', 'ja', 'ru', 'zh']).optional(),
  /** The question where it is missing. Undefined: it is taken where it is said, and not asked for. */
  ask: text.optional(),
})

const wordingSchema = z.strictObject({
  unknown: text.default('I am not sure that I can help with that. Could you say it in other words?'),
  which: text.default('Which of these do you mean: {intents}?'),
  again: text.default('I did not find that in what you said.'),
  giveUp: text.default('Then I cannot help with this here. What else can I do for you?'),
})

/** All that a bot says, as data: JSON. */
export const scriptSchema = z.strictObject({
  /** What is said to each intent; one answer, or several, which take turns. `{name}` stands for what was found for that slot. */
  answers: z
    .record(
      z.string(),
      z.union([text, z.array(text).min(1)]).transform((said) => [said].flat()),
    )
    .default({}),
  /** What each intent needs to know, by its name, in the order in which it is asked for. Of other intents nothing. */
  slots: z.record(z.string(), z.record(z.string(), slotSchema)).default({}),
  /** What is said where there is no answer; `{intents}` stands for those that could be meant. */
  wording: wordingSchema.default(() => wordingSchema.parse({})),
})

/** What a bot says: to each intent, to ask for a slot, and where it does not know. */
export type Script = z.output<typeof scriptSchema>
export type ScriptInput = z.input<typeof scriptSchema>
export type Slot = z.output<typeof slotSchema>
export type Wording = z.output<typeof wordingSchema>

/** What is there of a script before the intents are known. */
export const noScript: Script = scriptSchema.parse({})

/**
 * The script, checked against the intents that are learned.
 * @param who What messages call it, such as the name of its file.
 * @throws DataError for answers or slots of an intent that does not exist, an intent without an answer, a slot that cannot be found, and
 *   an answer that names a slot which its intent does not have.
 */
export function checkedScript(who: string, given: ScriptInput, intents: readonly string[]): Script {
  const script = parsedScript(who, given)
  const known = new Set(intents)
  for (const [what, named] of [
    ['an answer', script.answers],
    ['slots', script.slots],
  ] as const) {
    const foreign = Object.keys(named).filter((intent) => !known.has(intent))
    if (foreign.length > 0) {
      const expected = `${what} for intents that have examples (${listed(intents)})`
      throw new DataError(who, expected, `${what} for ${listed(foreign)}`, 'Correct the name, or add examples of it.')
    }
  }
  const silent = intents.filter((intent) => !Object.hasOwn(script.answers, intent))
  if (silent.length > 0) {
    const remedy =
      'Write what is said to it: in the column answer beside one of its texts, or in answers.csv with the columns label and answer.'
    throw new DataError(who, 'an answer for each intent', `none for ${listed(silent)}`, remedy)
  }
  for (const [intent, answers] of Object.entries(script.answers)) {
    const slots = Object.keys(script.slots[intent] ?? {})
    const missing = answers.flatMap(slotsNamedIn).find((name) => !slots.includes(name))
    if (missing === undefined) continue
    const got = `{${missing}} in the answer to "${intent}"`
    const expected =
      slots.length > 0 ? `slots that the intent has (${listed(slots)})` : 'no slots, of which the intent has none'
    throw new DataError(who, expected, got, 'Add the slot to slots.json, or correct the answer.')
  }
  return script
}

/**
 * A script from JSON.
 * @throws DataError for what is none, and for slots that can never be found
 */
export function parsedScript(who: string, given: ScriptInput): Script {
  const { data, error } = scriptSchema.safeParse(given)
  const [issue] = error?.issues ?? []
  if (issue) {
    const place = issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
    throw new DataError(who, `${expectationOf(issue)}${place}`, 'something else', 'Correct it.')
  }
  const script = data as Script
  for (const [intent, slots] of Object.entries(script.slots))
    for (const [name, slot] of Object.entries(slots)) checkSlot(`${who}: slot "${name}" of "${intent}"`, slot)
  return script
}

function checkSlot(who: string, { kind, values = {}, pattern }: Slot): void {
  if (kind === 'values' && Object.keys(values).length === 0)
    throw new DataError(who, 'at least one of values', 'none, so that it never matches', 'Name the values.')
  if (kind !== 'pattern') return
  if (pattern === undefined || pattern === '')
    throw new DataError(who, 'a pattern', 'none, so that it never matches', 'Give a regular expression.')
  try {
    void new RegExp(pattern, 'iu')
  } catch (cause) {
    const remedy = 'Correct it: it is read as one of JavaScript, with the flags i and u.'
    throw new DataError(who, 'a regular expression', `"${pattern}" (${(cause as Error).message})`, remedy, { cause })
  }
}

/** Slots that an answer names: `{date}`. */
function slotsNamedIn(answer: string): string[] {
  return [...answer.matchAll(/\{([^{}\s]+)\}/g)].map(([, name]) => name as string)
}

/** The answer with what was found for its slots; of one that was not asked for, and not said, nothing. */
export function filled(answer: string, slots: Readonly<Record<string, string | number>>): string {
  return answer
    .replaceAll(/\{([^{}\s]+)\}/g, (_, name: string) => (Object.hasOwn(slots, name) ? String(slots[name]) : ''))
    .replaceAll(/ {2,}/g, ' ')
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 5).map((name) => `"${name}"`)
  return first.join(', ') + (names.length > first.length ? ` and ${names.length - first.length} more` : '')
}
