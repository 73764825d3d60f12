import { type JsonObject } from '@headstart/core'
import { parseJsonText, readingGuard, requireUsualTokenizer } from '@headstart/core/kit'
import { ModelFilesError } from '@headstart/hub'
import { Tokenizer } from '@huggingface/tokenizers'
import { sentencePieceTokenizer } from './sentence-piece-tokenizer.js'

/** A tokenizer of one side, or of both. */
export interface Side {
  readonly tokenizer: Tokenizer
  /** Ends the reading of a text that its patterns could take forever for. */
  readonly guarded: ReturnType<typeof readingGuard>
  /** Id of what the vocabulary does not cover. */
  readonly unknown: number | undefined
}

/** The tokenizers of a translator, and what its files say besides. */
export interface OpenTokenizer {
  readonly source: Side
  /** The same, where both sides share a vocabulary. */
  readonly target: Side
  /** `tokenizer_config.json`. */
  readonly settings: JsonObject
}

const damaged = 'The file is damaged or of a newer kind: fetch the model again.'

/**
 * The tokenizer of a translator, read by the tokenizers of Transformers.js: `tokenizer.json`; of a Marian model whose sides have
 * a vocabulary each, or that was exported for Python alone, the files of SentencePiece.
 * @param files By their names.
 * @throws ModelFilesError where there is none, and for files that are none.
 */
export function openTokenizer(who: string, files: ReadonlyMap<string, Uint8Array>): OpenTokenizer {
  const settings = files.has('tokenizer_config.json') ? jsonOf(who, files, 'tokenizer_config.json') : {}
  const pieces = (vocabulary: string, model: string): Side | undefined =>
    files.has(vocabulary) && files.has(model) ? sideOfPieces(who, files, vocabulary, model, settings) : undefined
  const isApart = files.has('target_vocab.json')
  if (files.has('tokenizer.json') && files.has('tokenizer_config.json')) {
    const source = sideOf(who, 'tokenizer.json', jsonOf(who, files, 'tokenizer.json'), settings)
    return { source, target: (isApart && pieces('target_vocab.json', 'target.spm')) || source, settings }
  }
  const source = pieces('vocab.json', 'source.spm')
  const target = pieces(isApart ? 'target_vocab.json' : 'vocab.json', 'target.spm')
  if (source && target) return { source, target, settings }
  const spm = ['vocab.json', 'target_vocab.json', 'source.spm', 'target.spm'].filter((name) => files.has(name))
  const got = spm.length > 0 ? spm.join(', ') : 'a model without'
  const expected = 'tokenizer.json and tokenizer_config.json, or vocab.json with source.spm and target.spm'
  const remedy = 'Take the model as it is published for Transformers.js, such as Xenova/opus-mt-en-de.'
  throw new ModelFilesError(who, expected, got, remedy)
}

function jsonOf(who: string, files: ReadonlyMap<string, Uint8Array>, name: string): JsonObject {
  try {
    return Object(parseJsonText(new TextDecoder().decode(files.get(name)))) as JsonObject
  } catch (cause) {
    throw new ModelFilesError(`${who}, ${name}`, 'JSON', 'something else', damaged, { cause })
  }
}

function sideOf(who: string, name: string, json: JsonObject, settings: JsonObject): Side {
  requireUsualTokenizer(json)
  try {
    const tokenizer = new Tokenizer(json, settings)
    const guarded = readingGuard(json)
    guarded(1, () => tokenizer.encode('a'))
    const { unk_token: unknown, unk_id: unknownId } = Object(json['model']) as JsonObject
    return {
      tokenizer,
      guarded,
      unknown: typeof unknown === 'string' ? tokenizer.token_to_id(unknown) : ((unknownId ?? undefined) as number),
    }
  } catch (cause) {
    const got = cause instanceof Error ? (cause.message.split('\n')[0] as string) : 'something else'
    throw new ModelFilesError(`${who}, ${name}`, 'a tokenizer of Hugging Face', got, damaged, { cause })
  }
}

function sideOfPieces(
  who: string,
  files: ReadonlyMap<string, Uint8Array>,
  vocabulary: string,
  model: string,
  settings: JsonObject,
): Side {
  const ids = jsonOf(who, files, vocabulary)
  const isVocabulary = Object.values(ids).every((id) => Number.isInteger(id)) && Object.keys(ids).length > 0
  if (!isVocabulary) throw new ModelFilesError(`${who}, ${vocabulary}`, 'ids by piece', 'something else', damaged)
  let json: JsonObject
  try {
    json = sentencePieceTokenizer(ids as Record<string, number>, files.get(model) as Uint8Array)
  } catch (cause) {
    throw new ModelFilesError(`${who}, ${model}`, 'a model of SentencePiece', 'something else', damaged, { cause })
  }
  return sideOf(who, model, json, settings)
}
