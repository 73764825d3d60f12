import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { OptionError, random } from '@headstart/core/kit'

/** The languages that the messages of TypeScript are translated into. */
export const languages = [
  'cs',
  'de',
  'es',
  'fr',
  'it',
  'ja',
  'ko',
  'pl',
  'pt-br',
  'ru',
  'tr',
  'zh-cn',
  'zh-tw',
] as const
export type MessageLanguage = (typeof languages)[number]

/** Texts by their keys. */
export type Messages = Readonly<Record<string, string>>

const require = createRequire(import.meta.url)

/**
 * The messages of the compiler, in English and in another language, by the same keys (TypeScript, Apache-2.0).
 * @throws OptionError for a language that it does not speak.
 */
export async function readMessages(
  language: string,
): Promise<{ readonly source: Messages; readonly target: Messages }> {
  if (!(languages as readonly string[]).includes(language)) {
    throw new OptionError('option "language"', languages.join(', '), language, 'Choose one of these.')
  }
  const entry = require.resolve('messages-of-typescript')
  const { Diagnostics } = require(entry) as {
    readonly Diagnostics: Readonly<Record<string, { readonly key: string; readonly message: string }>>
  }
  const file = join(dirname(entry), language, 'diagnosticMessages.generated.json')
  const target = JSON.parse(await readFile(file, 'utf8')) as Messages
  const known = Object.values(Diagnostics).filter(({ key }) => target[key] !== undefined)
  return { source: Object.fromEntries(known.map(({ key, message }) => [key, message])), target }
}

/** Some of the keys, as a person who begins to translate would have done them, and the others: drawn at random. */
export function divided(
  messages: Messages,
  count: number,
  seed: number,
): { readonly done: string[]; readonly left: string[] } {
  const keys = random(seed).shuffle(Object.keys(messages))
  return { done: keys.slice(0, count), left: keys.slice(count) }
}
