import type { InputError, JsonObject, Packed } from '@headstart/core'
import type { Graph } from '@headstart/onnx'
import type { LanguageOptions } from './files/languages.js'
import type { TranslatorConfig } from './files/translator-config.js'

/**
 * An encoder-decoder that translates, with all that belongs to it. It is never changed: `withNetworks` gives another one with other
 * weights, such as after fine-tuning.
 */
export interface Translator extends AsyncDisposable {
  /** Its id on the hub, or the name of its folder. */
  readonly id: string
  /** Identifies networks, tokenizer and settings together. */
  readonly fingerprint: string
  /** `config.json` and `generation_config.json`, as far as they are needed here. */
  readonly config: TranslatorConfig
  /** Files beside the networks, by name, as they were published: `config.json`, `tokenizer.json`. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly tokenizer: TranslationTokenizer
  readonly networks: TranslationNetworks
  readonly specialTokens: SpecialTokens
  /** What it translates from and to, where it says: 'en', 'de'. */
  readonly languages: LanguageOptions
  /** Most tokens of a source, and of a target, special ones counted. */
  readonly maxLength: number
  /**
   * Translations in the order of the texts. An empty text is translated by itself.
   * @throws InputError for a text that cannot be read: with `longTexts: 'refuse'` one that is longer than the model reads, or one that its
   *   tokenizer does not come to the end of; with `onUnreadable`, its translation is undefined instead.
   * @throws OptionError for an option that is out of range.
   */
  translate(
    texts: readonly string[],
    options?: TranslateOptions & { readonly onUnreadable?: undefined },
  ): Promise<Translation[]>
  translate(texts: readonly string[], options: TranslateOptions): Promise<(Translation | undefined)[]>
  /** How it was trained, where it was: what `withNetworks` was told. */
  readonly training: JsonObject | undefined
  /**
   * The same translator with other weights.
   * @param files All its networks, by the name of their file; see `TranslationNetworks.files`.
   * @param training What is noted of it where it is saved.
   * @param settings What is changed in its `generation_config.json`.
   */
  withNetworks(files: ReadonlyMap<string, Graph>, training?: JsonObject, settings?: JsonObject): Translator
  /** What its folder holds: that of the hub, and a `headstart.json`. */
  pack(): Promise<Packed>
  /**
   * Writes the folder in the layout of the hub, which `translator` and Transformers.js open. It is replaced in one step.
   * @throws FileError where it cannot be written.
   */
  save(folder: string): Promise<void>
  /** Releases its sessions. It opens new ones when it is used again. */
  close(): Promise<void>
}

/** The networks of an encoder-decoder. */
export interface TranslationNetworks {
  /** The networks as they were published, by the name of their file: `onnx/encoder_model.onnx`. */
  readonly files: ReadonlyMap<string, Graph>
  /** Names in `files`: of the encoder, of the decoder (merged, or the one without a cache), of the decoder with a cache beside it. */
  readonly names: NetworkNames
  /** `input_ids`, `attention_mask` -> `last_hidden_state` `[batch, source, width]`. */
  readonly encoder: Graph
  /**
   * Without a cache: `input_ids` `[batch, target]`, `encoder_attention_mask`, `encoder_hidden_states` -> `logits`
   * `[batch, target, vocabulary]`, and `present.*`. Of a merged file its branch, whose weights are those of the file, by their names.
   */
  readonly decoder: Graph
  /** With a cache: the last tokens alone and `past_key_values.*` -> `logits`, `present.*`. */
  readonly decoderWithPast: Graph
}

export interface NetworkNames {
  readonly encoder: string
  readonly decoder: string
  /** Undefined where the decoder is merged: one `If` over `use_cache_branch`. */
  readonly decoderWithPast?: string | undefined
}

/** Tokens of both sides. */
export interface TranslationTokenizer {
  /** Ids of a source, with what stands around it for the encoder: `</s>`, a code of the language. */
  encodeSource(text: string): number[]
  /** Ids of a target as the decoder learns to give it, `</s>` at its end; without what the decoder starts with. */
  encodeTarget(text: string): number[]
  /** Ids of text inside of a target: no special tokens. */
  encodeInside(text: string): number[]
  /** The text of a target's ids; special tokens are left out. */
  decode(ids: readonly number[]): string
  /** Whether both sides can say a text as it is. */
  covers(text: string): boolean
  /** Id of what the target's vocabulary does not cover, where it has one. */
  readonly unknown: number | undefined
  /** Ids of all tokens of the target that have one of these characters. */
  idsWith(characters: string): readonly number[]
}

/** Ids of tokens that steer the decoder. */
export interface SpecialTokens {
  /** What the decoder starts with. */
  readonly decoderStart: number
  /** What must follow at the start, such as the code of the target language (M2M100, mBART). */
  readonly forcedStart: number | undefined
  readonly eos: number
  readonly pad: number
  /** What fills up sources: another one, where the sides have a vocabulary each. */
  readonly sourcePad: number
  /** What is never put out. */
  readonly suppressed: readonly number[]
}

/** Options of `translate`. */
export interface TranslateOptions extends LanguageOptions {
  /** Hypotheses that are followed at once; 1 takes the likeliest token each time. Default 1. */
  readonly beams?: number | undefined
  /** Most tokens of a translation. Default: that of the model. */
  readonly maxLength?: number | undefined
  /** Scores of hypotheses are divided by length to the power of this; above 0 favors longer ones. Default: that of the model, 1. */
  readonly lengthPenalty?: number | undefined
  /** No sequence of so many tokens occurs twice. Default: that of the model, 0: none is forbidden. */
  readonly noRepeatNgram?: number | undefined
  /** Above 1 makes tokens less likely that the translation has already. Default: that of the model, 1: it does nothing. */
  readonly repetitionPenalty?: number | undefined
  /** How terms are translated: `{ workspace: 'Arbeitsbereich' }`. Where a source has the term, its translation has it. Default: none. */
  readonly glossary?: Readonly<Record<string, string>> | undefined
  /** What is kept as it is, beside placeholders: names of products. Default: nothing. */
  readonly keep?: readonly (string | RegExp)[] | undefined
  /** A source of more tokens than the model reads is split at its sentences, or refused. Default 'split'. */
  readonly longTexts?: 'split' | 'refuse' | undefined
  /** Texts that are translated at once, at most. Default 16. */
  readonly batchSize?: number | undefined
  /** Called for each text that cannot be read, which then costs itself alone. Default: such a text rejects the call. */
  readonly onUnreadable?: ((index: number, error: InputError) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the number of texts done so far. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** One translation. */
export interface Translation {
  readonly text: string
  /** What is to be looked at, in sentences: a placeholder that is missing. Empty where all that had to be kept is there. */
  readonly problems: readonly string[]
}
