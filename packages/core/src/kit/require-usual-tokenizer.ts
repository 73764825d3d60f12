import { DataError } from '../contract/errors.js'
import type { JsonValue } from '../contract/backbone.js'

/** Tokens beside a vocabulary, of which each is looked for in every text. */
const mostAdded = 50_000
/** Steps, patterns and settings beside vocabulary, merges and added tokens; published tokenizers have a few dozen. */
const mostSettings = 10_000

/**
 * Refuses a tokenizer that nobody published for use: one whose steps or added tokens are so many that it reads no text in a moment, or
 * whose ids are none.
 * @param json `tokenizer.json`, parsed.
 * @throws DataError for such a tokenizer
 */
export function requireUsualTokenizer(json: JsonValue): void {
  const { added_tokens: added, model } = Object(json) as Readonly<Record<string, JsonValue>>
  const { vocab } = Object(model) as Readonly<Record<string, JsonValue>>
  if (Array.isArray(added)) {
    if (added.length > mostAdded) throw unusual(`at most ${mostAdded} added tokens`, `${added.length}`)
    for (const token of added) requireId((Object(token) as Readonly<Record<string, JsonValue>>)['id'])
  }
  // Of a list the place is the id.
  if (typeof vocab === 'object' && !Array.isArray(vocab)) for (const id of Object.values(vocab ?? {})) requireId(id)
  const count = settingsIn(json)
  if (count > mostSettings) throw unusual(`at most ${mostSettings} settings beside its vocabulary`, `${count}`)
}

/** Values of a tokenizer beside its vocabulary, merges and added tokens. */
export function settingsIn(json: JsonValue | undefined): number {
  if (typeof json !== 'object' || json === null) return 1
  let count = 1
  for (const [name, value] of Object.entries(json))
    if (!isVocabulary(name) && name !== 'added_tokens') count += settingsIn(value)
  return count
}

/** There a tokenizer has no settings, and is long. */
export function isVocabulary(name: string): boolean {
  return name === 'vocab' || name === 'merges'
}

function requireId(id: JsonValue | undefined): void {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 31) return
  throw unusual('ids that are whole numbers from 0 on', JSON.stringify(id) ?? 'none')
}

function unusual(expected: string, got: string): DataError {
  return new DataError('tokenizer.json', expected, got, 'Fetch the model again, or choose another one.')
}
