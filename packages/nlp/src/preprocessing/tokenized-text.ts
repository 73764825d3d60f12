import {
  DataError,
  type Dissected,
  HeadstartError,
  type JsonObject,
  type JsonValue,
  parseJsonText,
  type Preprocessing,
  type PreprocessingLoader,
  readingGuard,
  requireUsualTokenizer,
} from '@headstart/core/load'
import { type Tensor, tensor } from '@headstart/onnx'
import { Tokenizer } from '@huggingface/tokenizers'
import { partsOfTokens } from '../explain/parts-of-tokens.js'
import { textParts } from '../explain/text-parts.js'
import { textChecks } from '../checks/text-checks.js'
import {
  cutAndFilled,
  type ExportedTokenizer,
  tokenNodes,
  tokensForOnnx,
  tokensForTransformers,
} from './exported-tokens.js'
import { isLength, readableText } from './readable-text.js'
import { texts } from './texts.js'
import { mayBeOdd, readingNotices } from './reading-notices.js'
import type { TokenInput } from './token-input.js'

export type { TokenInput }

/** What is done with a text of more tokens than the encoder reads. */
export type LongTexts = 'truncate' | 'split'

/** Settings of `tokenizedText`. */
export interface TokenizedTextOptions {
  /** Bytes of `tokenizer.json` and `tokenizer_config.json`. */
  readonly tokenizer: Uint8Array
  readonly tokenizerConfig: Uint8Array
  /** What the network takes. */
  readonly inputs: readonly TokenInput[]
  /** Most tokens of one text, or one part of it, special ones counted. */
  readonly maxLength: number
  /**
   * 'truncate': the end of a long text is not read. 'split': it is read in parts of like size, whose features are
   * averaged; tensors are then `[batch, parts, tokens]`, with `part_mask` beside them.
   */
  readonly longTexts: LongTexts
  /** Stands before every text, and every part of one. */
  readonly prefix: string
  /** Position of the first token, where positions are an input. */
  readonly firstPosition: number
}

/** Token ids of a text: one list, or one for each of its parts. */
export type Tokens = readonly (readonly number[])[]

/** Name of the input that says which parts of a batch are parts, and which only fill it up: float32 `[batch, parts]`. */
export const partMask = 'part_mask'

/** Of tokens that are of no word: special ones, and those that fill up. */
const nothing = -1

/** Tokens of one batch: what a layer of it computes stays in the caches of a processor. */
const batchCost = 512

const names = { tokenizer: 'tokenizer.json', config: 'tokenizer_config.json' }

/**
 * Tokens of texts by a tokenizer that was published with a model: `tokenizer.json`, read by the tokenizers of
 * Transformers.js, without the rest of it. Special tokens stay at both ends of what is cut, as in Python.
 * @throws DataError for files that are no such tokenizer.
 */
export function tokenizedText(options: TokenizedTextOptions): Preprocessing<string, Tokens> {
  const { inputs, maxLength, longTexts, prefix, firstPosition } = options
  const { json, config, tokenizer, padding, unknown } = openTokenizer(options)
  const notices = readingNotices(maxLength)
  let frame: Frame | undefined
  const guarded = readingGuard(json)
  const most = longTexts === 'truncate' ? Math.max(2048, 64 * maxLength) : longestInParts

  const encode = (text: string): number[] => {
    // Where a vocabulary covers neither a character nor has a token for that, nothing stands for it.
    const readable = readableText(text, most)
    const encoded = (): (number | undefined)[] => tokenizer.encode(readable, { add_special_tokens: false }).ids
    const ids = named(() => guarded(readable.length, encoded))
    return ids.filter((id) => id !== undefined)
  }

  const prepare = (text: string): Tokens => {
    frame ??= frameOf({ tokenizer, guarded, encode, prefix })
    const { before, after } = frame
    const ids = encode(prefix + text)
    if (unknown !== undefined && ids.filter((id) => id === unknown).length > ids.length / 2) notices.unreadable(text)
    const room = Math.max(1, maxLength - before.length - after.length)
    if (text.length > most) notices.cut(text)
    if (ids.length > room && longTexts === 'truncate') notices.cut(text)
    return arranged(ids, frame)
  }

  /** Tokens of a text, or what is said of each of them, as the rows that the network reads; what stands around them is `other`. */
  const arranged = (ids: readonly number[], { before, after, prefix: given }: Frame, other?: number): Tokens => {
    const around = (some: readonly number[]): readonly number[] => (other === undefined ? some : some.map(() => other))
    // A text without a token still has a row, and an average.
    const framed = (part: readonly number[]): number[] => {
      const whole = [...around(before), ...part, ...around(after)]
      return whole.length > 0 ? whole : [other ?? padding]
    }
    const room = Math.max(1, maxLength - before.length - after.length)
    if (ids.length <= room) return [framed(ids)]
    if (longTexts === 'truncate') return [framed(ids.slice(0, room))]
    const lead = around(given).every((id, place) => id === ids[place]) ? around(given) : []
    const rest = ids.slice(lead.length)
    const count = Math.ceil(rest.length / Math.max(1, room - lead.length))
    return Array.from({ length: count }, (_, part) =>
      framed([
        ...lead,
        ...rest.slice(Math.round((part * rest.length) / count), Math.round(((part + 1) * rest.length) / count)),
      ]),
    )
  }

  const dissect = (text: string): Dissected => {
    const dissected = textParts(text, prepare)
    return {
      ...dissected,
      tokens() {
        const whole = (frame ??= frameOf({ tokenizer, guarded, encode, prefix }))
        const words = dissected.parts.flatMap((part) => ('text' in part && part.read !== false ? [part.text] : []))
        const ahead = prefix === '' ? [] : whole.prefix.map(() => nothing)
        const parts = partsOfTokens(words, (some) => encode(prefix + some).slice(ahead.length))
        if (!parts || !inputs.some(({ name }) => name === 'input_ids')) return undefined
        const rows = arranged([...ahead, ...parts], whole, nothing)
        const length = longest(rows)
        // A prefix can be of other tokens before a word than alone.
        if (JSON.stringify(prepare(text).map((row) => row.length)) !== JSON.stringify(rows.map((row) => row.length)))
          return undefined
        return {
          input: 'input_ids',
          parts: rows.flatMap((row) => [...row, ...Array<number>(length - row.length).fill(nothing)]),
        }
      },
    }
  }

  const exported = (): ExportedTokenizer => {
    frame ??= frameOf({ tokenizer, guarded, encode, prefix })
    const fill = { id: padding, token: tokenizer.id_to_token(padding) ?? '' }
    const before = tokenNodes({ inputs, maxLength, after: frame.after, firstPosition })
    return {
      tokenizer: { ...json, ...cutAndFilled(maxLength, fill), normalizer: prefixed(json['normalizer'], prefix) },
      config: { pad_token: fill.token, ...config, model_max_length: maxLength, padding_side: 'right' },
      // What is split is one text again in the network alone, which takes its parts as they are.
      before: longTexts === 'split' ? undefined : before,
    }
  }

  return {
    id: tokenizedTextLoader.id,
    config: { inputs: inputs.map(({ name, type }) => ({ name, type })), maxLength, longTexts, prefix, firstPosition },
    files: new Map([
      [names.tokenizer, options.tokenizer],
      [names.config, options.tokenizerConfig],
    ]),
    takes: texts,
    checks: textChecks,
    dissect: async (text) => dissect(text),
    contentKey: (text) => text,
    prepare,
    cost: (parts) => parts.length * longest(parts),
    shape: (parts) => `${parts.length} x ${longest(parts)}`,
    batchCost,
    takeNotices: () => notices.take(),
    review(text) {
      // Of a very long text the beginning tells.
      if (mayBeOdd(text, maxLength)) prepare(text.slice(0, 16 * maxLength))
    },
    collate(batch) {
      const parts = longTexts === 'split' ? Math.max(...batch.map((text) => text.length)) : 1
      const tokens = Math.max(...batch.map(longest))
      const dims = longTexts === 'split' ? [batch.length, parts, tokens] : [batch.length, tokens]
      const values: Record<TokenInput['name'], number[]> = {
        input_ids: Array<number>(batch.length * parts * tokens).fill(padding),
        attention_mask: Array<number>(batch.length * parts * tokens).fill(0),
        token_type_ids: Array<number>(batch.length * parts * tokens).fill(0),
        position_ids: Array.from(
          { length: batch.length * parts * tokens },
          (_, place) => firstPosition + (place % tokens),
        ),
      }
      const isPart = new Float32Array(batch.length * parts)
      batch.forEach((text, row) => {
        for (let part = 0; part < parts; part++) {
          const start = (row * parts + part) * tokens
          // A part that only fills up has one token: an attention over nothing may give what is no number.
          const ids = text[part] ?? [padding]
          isPart[row * parts + part] = part < text.length ? 1 : 0
          ids.forEach((id, place) => {
            values.input_ids[start + place] = id
            values.attention_mask[start + place] = 1
          })
        }
      })
      const tensors = Object.fromEntries(inputs.map(({ name, type }) => [name, whole(type, dims, values[name])]))
      return longTexts === 'split'
        ? { ...tensors, [partMask]: tensor('float32', [batch.length, parts], isPart) }
        : tensors
    },
    forTransformers() {
      if (longTexts === 'truncate') return tokensForTransformers(exported())
      const remedy = "Train it with longTexts 'truncate', or export it to onnx."
      throw new DataError(
        'model to be exported',
        'one that reads the beginning of long texts',
        'one that reads them in parts',
        remedy,
      )
    },
    forOnnx: () => tokensForOnnx(exported()),
  }
}

/** The normalizer of a `tokenizer.json`, with a text before every text. */
function prefixed(normalizer: JsonValue | undefined, prefix: string): JsonValue {
  if (prefix === '') return normalizer ?? null
  const prepend = { type: 'Prepend', prepend: prefix }
  return normalizer ? { type: 'Sequence', normalizers: [prepend, normalizer] } : prepend
}

/** Makes the preprocessing of a saved model again. */
export const tokenizedTextLoader: PreprocessingLoader<string> = {
  id: 'huggingface-tokenizer/1',
  load(config, files) {
    const [tokenizer, tokenizerConfig] = [files.get(names.tokenizer), files.get(names.config)]
    if (tokenizer && tokenizerConfig && isConfig(config))
      return tokenizedText({ ...config, tokenizer, tokenizerConfig })
    const got = `files ${[...files.keys()].join(', ')} and settings ${JSON.stringify(config)}`
    const expected = `${names.tokenizer}, ${names.config} and the settings of a tokenizer`
    throw new DataError('saved tokenizer', expected, got, 'Train the model again.')
  },
}

type Config = Omit<TokenizedTextOptions, 'tokenizer' | 'tokenizerConfig'>

function isConfig(config: JsonObject): config is JsonObject & Config {
  const { inputs, maxLength, longTexts, prefix, firstPosition } = config
  return (
    Array.isArray(inputs) &&
    inputs.length <= 8 &&
    isLength(maxLength) &&
    (longTexts === 'truncate' || longTexts === 'split') &&
    typeof prefix === 'string' &&
    Number.isInteger(firstPosition)
  )
}

/** Does something with a tokenizer. @throws DataError where that fails in its code: what it was made of is damaged. */
function named<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof HeadstartError) throw cause
    const got = cause instanceof Error ? cause.message : 'another failure'
    throw new DataError(names.tokenizer, 'a tokenizer that reads a text', got, 'Fetch the model again.', { cause })
  }
}

/** Characters of a text that is read in parts. One of which the beginning is read has 64 for each token, of which most have 4. */
const longestInParts = 2 ** 18

/** The special tokens around every text, and the tokens of the prefix. */
interface Frame {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly prefix: readonly number[]
}

interface Reading {
  readonly tokenizer: Tokenizer
  readonly guarded: ReturnType<typeof readingGuard>
  readonly encode: (text: string) => number[]
  readonly prefix: string
}

function frameOf({ tokenizer, guarded, encode, prefix }: Reading): Frame {
  const bare = encode('a')
  const framed = guarded(1, () => tokenizer.encode('a').ids)
  const count = framed.length - bare.length
  for (let start = 0; start <= count; start++) {
    if (!bare.every((id, place) => id === framed[start + place])) continue
    return {
      before: framed.slice(0, start),
      after: framed.slice(start + bare.length),
      prefix: encode(prefix.trimEnd()),
    }
  }
  const got = `[${framed.join(', ')}] around [${bare.join(', ')}]`
  throw new DataError('tokenizer', 'special tokens before and after a text', got, 'Choose another model.')
}

interface OpenTokenizer {
  /** `tokenizer.json` and `tokenizer_config.json`. */
  readonly json: JsonObject
  readonly config: JsonObject
  readonly tokenizer: Tokenizer
  /** Id of what fills up a batch. */
  readonly padding: number
  /** Id of what the vocabulary does not cover, where it has one. */
  readonly unknown: number | undefined
}

function openTokenizer(options: TokenizedTextOptions): OpenTokenizer {
  const remedy = 'The file is damaged or of a newer kind: fetch the model again.'
  const parse = (name: string, bytes: Uint8Array): JsonObject => {
    try {
      return Object(parseJsonText(new TextDecoder().decode(bytes))) as JsonObject
    } catch (cause) {
      throw new DataError(name, 'JSON', 'something else', remedy, { cause })
    }
  }
  const json = parse(names.tokenizer, options.tokenizer)
  const config = parse(names.config, options.tokenizerConfig)
  requireUsualTokenizer(json)
  try {
    const tokenizer = new Tokenizer(json, config)
    const token = config['pad_token']
    const text = typeof token === 'string' ? token : (Object(token) as JsonObject)['content']
    const { unk_token: unknown, unk_id: unknownId } = Object(json['model']) as JsonObject
    return {
      json,
      config,
      tokenizer,
      unknown: typeof unknown === 'string' ? tokenizer.token_to_id(unknown) : (unknownId as number | undefined),
      padding: (typeof text === 'string' ? tokenizer.token_to_id(text) : undefined) ?? 0,
    }
  } catch (cause) {
    const got = cause instanceof Error ? (cause.message.split('\n')[0] as string) : 'something else'
    throw new DataError(names.tokenizer, 'a tokenizer of Hugging Face', got, remedy, { cause })
  }
}

function longest(parts: Tokens): number {
  return Math.max(...parts.map((ids) => ids.length))
}

function whole(type: TokenInput['type'], dims: readonly number[], values: readonly number[]): Tensor {
  return type === 'int64'
    ? tensor('int64', dims, BigInt64Array.from(values, BigInt))
    : tensor('int32', dims, Int32Array.from(values))
}
