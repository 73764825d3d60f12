import { type JsonObject } from '@headstart/core'
import { parseJsonText, withinTime } from '@headstart/core/kit'
import { ModelFilesError } from '@headstart/hub'
import { Tokenizer } from '@huggingface/tokenizers'

/** A tokenizer, and what its files say besides. */
export interface OpenTokenizer {
  readonly tokenizer: GuardedTokenizer
  /** `tokenizer_config.json`. */
  readonly settings: JsonObject
  /** Id of what the vocabulary does not cover. */
  readonly unknown: number | undefined
}

/**
 * The tokenizer of a translator, read by the tokenizers of Transformers.js.
 * @param json Bytes of `tokenizer.json`.
 * @param config Bytes of `tokenizer_config.json`.
 * @throws ModelFilesError for files that are no such tokenizer.
 */
export function openTokenizer(who: string, json: Uint8Array, config: Uint8Array): OpenTokenizer {
  const remedy = 'The file is damaged or of a newer kind: fetch the model again.'
  const parse = (name: string, bytes: Uint8Array): JsonObject => {
    try {
      return Object(parseJsonText(new TextDecoder().decode(bytes))) as JsonObject
    } catch (cause) {
      throw new ModelFilesError(`${who}, ${name}`, 'JSON', 'something else', remedy, { cause })
    }
  }
  const [tokenizerJson, settings] = [parse('tokenizer.json', json), parse('tokenizer_config.json', config)]
  try {
    const tokenizer = guarded(new Tokenizer(tokenizerJson, settings))
    tokenizer.encode('a')
    const { unk_token: unknown, unk_id: unknownId } = Object(tokenizerJson['model']) as JsonObject
    return {
      tokenizer,
      settings,
      unknown: typeof unknown === 'string' ? tokenizer.token_to_id(unknown) : ((unknownId ?? undefined) as number),
    }
  } catch (cause) {
    const got = cause instanceof Error ? (cause.message.split('\n')[0] as string) : 'something else'
    throw new ModelFilesError(`${who}, tokenizer.json`, 'a tokenizer of Hugging Face', got, remedy, { cause })
  }
}

/** What is needed of a tokenizer. Its patterns, which somebody else made, can take a text forever: it is read, or refused, in a while. */
export interface GuardedTokenizer extends Pick<Tokenizer, 'token_to_id' | 'id_to_token' | 'get_vocab'> {
  encode(text: string, options?: { readonly add_special_tokens?: boolean }): { readonly ids: number[] }
  decode(ids: number[], options?: { readonly skip_special_tokens?: boolean }): string
}

function guarded(tokenizer: Tokenizer): GuardedTokenizer {
  const inTime = <T>(length: number, work: () => T): T => withinTime(work, 1000 + 0.04 * length, 'its tokenizer')
  return {
    encode: (text, options = {}) => inTime(text.length, () => tokenizer.encode(text, options)),
    decode: (ids, options = {}) => inTime(ids.length, () => tokenizer.decode(ids, options)),
    token_to_id: (token: string) => tokenizer.token_to_id(token),
    id_to_token: (id: number) => tokenizer.id_to_token(id),
    get_vocab: () => tokenizer.get_vocab(),
  }
}
