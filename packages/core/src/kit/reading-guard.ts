import type { JsonValue } from '../contract/backbone.js'
import { isVocabulary, settingsIn } from './require-usual-tokenizer.js'
import { withinTime } from './within-time.js'

/** Milliseconds that the reading of a short text may take. */
const longestReading = 1000
/** Milliseconds that the slowest tokenizers take for a character. */
const timeOfCharacter = 0.04
/** What published tokenizers have at most, by far. */
const [usualAdded, usualSettings, usualWord] = [10_000, 1000, 1000]
/** Characters of a text that simple patterns read in a moment, even where their time grows with its square. */
const longestUnguarded = 2048

/**
 * Reads texts with a tokenizer that somebody else made: where its patterns, or the length of a text, could take forever, reading ends
 * after a second and some more for long texts. It throws an `InputError` then.
 * @param json `tokenizer.json`, parsed.
 * @returns takes the length of what is read, in characters (or tokens, on the way back), and the reading
 */
export function readingGuard(json: JsonValue): <T>(length: number, read: () => T) => T {
  const isGuarded = canTakeForever(patternsIn(json)) || canGrow(json) || isSlow(json)
  return (length, read) =>
    isGuarded || length > longestUnguarded
      ? withinTime(read, longestReading + timeOfCharacter * length, 'its tokenizer')
      : read()
}

/**
 * Whether patterns may take a time that grows faster than the square of a text's length: one of them repeats what holds a
 * repetition or a choice, refers back, or has more than two repetitions one after the other.
 */
export function canTakeForever(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const plain = pattern.replaceAll(/\\([1-9k]|[\s\S])/g, (_, sign: string) => (/[1-9k]/.test(sign) ? '\\1' : 'x'))
    const bare = plain.replaceAll(/\[[^\]]*\]/g, 'x')
    const repeatsGroup = /\)\s*(?:[*+]|\{\d)/.test(bare)
    return repeatsGroup || bare.includes('\\1') || bare.split('|').some((one) => repetitionsIn(one) > 2)
  })
}

/** How often one choice of a pattern repeats something without end, or up to some number. */
function repetitionsIn(choice: string): number {
  return choice.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0
}

/** Whether a tokenizer has more steps than published ones, more tokens to look for, or words so long that their pieces take a while. */
function isSlow(json: JsonValue): boolean {
  const { added_tokens: added, model } = Object(json) as Readonly<Record<string, JsonValue>>
  const { max_input_chars_per_word: longest } = Object(model) as Readonly<Record<string, JsonValue>>
  const isMany = Array.isArray(added) && added.length > usualAdded
  return isMany || settingsIn(json) > usualSettings || (typeof longest === 'number' && longest > usualWord)
}

/** Whether a tokenizer puts more in the place of something, or before a text: ten times a tenfold of it is a text that no memory holds. */
function canGrow(json: JsonValue | undefined): boolean {
  if (typeof json !== 'object' || json === null) return false
  const { type, content, prepend } = json as Readonly<Record<string, JsonValue>>
  const put = type === 'Replace' ? content : type === 'Prepend' ? prepend : ''
  if (typeof put === 'string' && put.length > 1) return true
  return Object.entries(json).some(([name, value]) => !isVocabulary(name) && canGrow(value))
}

/** The regular expressions of a tokenizer. */
function patternsIn(json: JsonValue | undefined): string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([name, value]) =>
    name === 'Regex' && typeof value === 'string' ? [value] : isVocabulary(name) ? [] : patternsIn(value),
  )
}
