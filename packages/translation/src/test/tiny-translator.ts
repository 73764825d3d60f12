import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { random } from '@headstart/core/load'
import { encodeModel } from '@headstart/onnx/kit'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { type TinyKind, tinyNetworks } from './tiny-networks.js'

/** Options of a tiny translator. */
export interface TinyTranslatorOptions {
  /** Default 1. */
  readonly seed?: number
  /** Which decoders it has: one file with both ways, two files, or all three. Default 'both'. */
  readonly decoders?: 'merged' | 'apart' | 'both'
  /** What its graphs are like. Default 'marian'. */
  readonly kind?: TinyKind
  /** Whether source and target have a vocabulary each, as files of SentencePiece. Default: they share one. */
  readonly apart?: boolean
}

const words = 'the a file open close save print page menu view help edit copy text list new all name'
const targets =
  'die der das datei öffnen schließen speichern drucken seite menü ansicht hilfe bearbeiten liste neu alle'
const signs = [...'abcdefghijklmnopqrstuvwxyzäöüß0123456789.,:{}%<>/']

/** Pieces of a vocabulary, `</s>` first and `<pad>` last as in Marian's. */
function vocabularyOf(...lists: readonly string[]): string[] {
  return [
    '</s>',
    '<unk>',
    '▁',
    ...lists.flatMap((list) => list.split(' ')).map((word) => `▁${word}`),
    ...signs,
    '<pad>',
  ]
}
const [eos, unknown] = [0, 1]
const sizes = { width: 16, heads: 2, inner: 32, layers: 2, positions: 64 }
/** What the graphs of a kind are called in `config.json`. */
const architectures: Readonly<Record<TinyKind, string>> = {
  marian: 'MarianMTModel',
  bart: 'BartForConditionalGeneration',
  m2m_100: 'M2M100ForConditionalGeneration',
  t5: 'T5ForConditionalGeneration',
}

/**
 * A translator of the shape of Marian's, or of another kind, with random weights, in the layout of the hub: files by name, 0.4 MB. What it
 * says means nothing; that others say the same of it does.
 */
export function tinyTranslator({
  seed = 1,
  decoders = 'both',
  kind = 'marian',
  apart = false,
}: TinyTranslatorOptions = {}): Map<string, Uint8Array> {
  const pieces = apart ? vocabularyOf(targets) : vocabularyOf(words, targets)
  const sourcePieces = apart ? vocabularyOf(words) : pieces
  const pad = pieces.length - 1
  const vocabularies = { vocabulary: pieces.length, ...(apart && { sourceVocabulary: sourcePieces.length }) }
  const networks = [...tinyNetworks({ ...sizes, ...vocabularies }, eos, random(seed), kind)].filter(
    ([name]) => name.includes('encoder') || decoders === 'both' || name.includes('merged') === (decoders === 'merged'),
  )
  const generation = {
    bad_words_ids: [[pad]],
    decoder_start_token_id: pad,
    eos_token_id: eos,
    forced_eos_token_id: eos,
    max_length: 32,
    num_beams: 4,
    pad_token_id: pad,
  }
  const config = {
    ...generation,
    model_type: kind,
    architectures: [architectures[kind]],
    is_encoder_decoder: true,
    vocab_size: sourcePieces.length,
    decoder_vocab_size: pieces.length,
    share_encoder_decoder_embeddings: !apart,
    max_position_embeddings: sizes.positions,
    d_model: sizes.width,
    encoder_layers: sizes.layers,
    decoder_layers: sizes.layers,
    num_hidden_layers: sizes.layers,
    encoder_attention_heads: sizes.heads,
    decoder_attention_heads: sizes.heads,
    encoder_ffn_dim: sizes.inner,
    decoder_ffn_dim: sizes.inner,
    scale_embedding: true,
    activation_function: 'swish',
  }
  const tokenizerConfig = {
    tokenizer_class: 'MarianTokenizer',
    eos_token: '</s>',
    unk_token: '<unk>',
    pad_token: '<pad>',
    model_max_length: sizes.positions,
    source_lang: 'en',
    target_lang: 'de',
    clean_up_tokenization_spaces: false,
    ...(apart && { separate_vocabs: true }),
  }
  const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const ids = (list: readonly string[]): Uint8Array => json(Object.fromEntries(list.map((piece, id) => [piece, id])))
  const tokenizers: [string, Uint8Array][] = apart
    ? [
        ['vocab.json', ids(sourcePieces)],
        ['target_vocab.json', ids(pieces)],
        ['source.spm', sentencePieceModel(sourcePieces)],
        ['target.spm', sentencePieceModel(pieces)],
      ]
    : [['tokenizer.json', json(tokenizer(pieces))]]
  return new Map<string, Uint8Array>([
    ['config.json', json(config)],
    ['generation_config.json', json(generation)],
    ...tokenizers,
    ['tokenizer_config.json', json(tokenizerConfig)],
    ...networks.map(([name, graph]): [string, Uint8Array] => [name, encodeModel(graph)]),
  ])
}

/** Writes the files of a translator, such as a tiny one, into a folder. */
export async function writeTranslator(
  folder: string,
  files: ReadonlyMap<string, Uint8Array> = tinyTranslator(),
): Promise<void> {
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), bytes)
  }
}

/** The same pieces as a model of SentencePiece has them (its `sentencepiece_model.proto`): those that Marian adds are not in it. */
function sentencePieceModel(pieces: readonly string[]): Uint8Array {
  const writer = new BinaryWriter()
  pieces.slice(0, -1).forEach((piece, id) => {
    const kind = piece === '<unk>' ? 2 : piece === '</s>' ? 3 : 1
    writer.tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(piece)
    writer.tag(2, WireType.Bit32).float(-id / 10)
    writer.tag(3, WireType.Varint).int32(kind).join()
  })
  return writer.finish()
}

/** A tokenizer of the kind of SentencePiece's unigram model, as the hub has it. */
function tokenizer(pieces: readonly string[]): object {
  const special = [eos, unknown, pieces.length - 1].map((id) => ({
    id,
    content: pieces[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }))
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }],
    },
    pre_tokenizer: metaspace,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
      pair: [
        { Sequence: { id: 'A', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 0 } },
        { SpecialToken: { id: '</s>', type_id: 0 } },
      ],
      special_tokens: { '</s>': { id: '</s>', ids: [eos], tokens: ['</s>'] } },
    },
    decoder: metaspace,
    model: {
      type: 'Unigram',
      unk_id: unknown,
      byte_fallback: false,
      vocab: pieces.map((piece, id) => [piece, -id / 10]),
    },
  }
}
