import {
  openModel,
  type Dtype,
  type FetchOptions,
  findEncoderDecoder,
  type ModelFolder,
  ModelFilesError,
  readNetwork,
} from '@headstart/hub'
import type { Graph } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { OptionError, parseJsonText } from '@headstart/core/kit'
import type { NetworkNames, Translator } from '../contract.js'
import { type LanguageOptions, languagesOf } from './languages.js'
import { openTokenizer } from './open-tokenizer.js'
import { requireTargetSide, specialTokensOf } from './special-tokens.js'
import { translationNetworks } from './translation-networks.js'
import { translationTokenizer } from './translation-tokenizer.js'
import { configSchema, type TranslatorConfig } from './translator-config.js'

/** Options of `translator`. */
export interface TranslatorOptions
  extends
    LanguageOptions,
    Pick<FetchOptions, 'revision' | 'cache' | 'endpoint' | 'token' | 'refresh' | 'signal' | 'onProgress' | 'onNotice'> {
  /** Number format of the weights. Default: the first of `fp32`, `fp16`, `q8`, ... that there is. Only `fp32` is fine-tuned as it is. */
  readonly dtype?: Dtype | undefined
  /** Threads of one operator. Default: one for each core that the process may use. */
  readonly threads?: number | undefined
}

/** A translator but for what it does. */
export type TranslatorParts = Spoken &
  Pick<Translator, 'id' | 'config' | 'files' | 'networks' | 'maxLength' | 'training'>

/** What depends on the languages. */
export type Spoken = Pick<Translator, 'tokenizer' | 'specialTokens' | 'languages'>

/** A translator that was opened. */
export interface OpenTranslator extends TranslatorParts {
  /** The languages that were asked for; of others the model says itself. */
  readonly asked: LanguageOptions
  /** What depends on the languages, for other ones. @throws OptionError for languages that it does not know. */
  inLanguages(languages: LanguageOptions): Spoken
}

/** Files that say how a translator is used; `save` writes them again. */
export const settings = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.json',
  'target_vocab.json',
  'source.spm',
  'target.spm',
] as const
/** Most tokens where no file says how many. */
const usualLength = 512

/**
 * Reads a translator: a folder in the layout of the Hugging Face Hub, or an id there.
 * @throws ModelFilesError where the model lacks something, or is none that translates.
 */
export async function openTranslator(idOrFolder: string, options: TranslatorOptions = {}): Promise<OpenTranslator> {
  const folder = await openModel(idOrFolder, { ...options, kind: 'encoder-decoder' })
  const files = new Map<string, Uint8Array>()
  for (const name of settings) if (folder.has(name)) files.set(name, await folder.read(name))
  refuseOthers(folder, configOf(folder.id, files))
  const names = namesOf(folder.id, folder.names, options.dtype)
  const networks = new Map<string, Graph>()
  for (const [name, part] of await namedParts(names)) {
    const { graph } = await readNetwork(folder, { parts: [part], dtype: options.dtype })
    networks.set(name, graph)
  }
  return translatorParts(folder.id, files, networks, options)
}

/**
 * A translator from its files in memory.
 * @param networks By the name of their files.
 * @param options `saysLater`: the languages of a model of several may still be unsaid; then it refuses to read a text.
 */
export function translatorParts(
  id: string,
  files: ReadonlyMap<string, Uint8Array>,
  networks: ReadonlyMap<string, Graph>,
  { from, to, saysLater = false }: LanguageOptions & { readonly saysLater?: boolean },
): OpenTranslator {
  const config = configOf(id, files)
  const open = openTokenizer(id, files)
  requireTargetSide(id, config, open)
  const special = specialTokensOf(id, config, open)
  const text = (name: string): string | undefined => {
    const value = open.settings[name]
    return typeof value === 'string' ? value : undefined
  }
  const asked = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  const inLanguages = (other: LanguageOptions): Spoken => {
    const given = { from: other.from ?? from, to: other.to ?? to }
    const languages = languagesOf(id, config, open, special.eos, given)
    return {
      tokenizer: translationTokenizer(open, languages, special.eos),
      specialTokens: { ...special, forcedStart: languages.target },
      languages: {
        from: given.from ?? text('source_lang') ?? text('src_lang'),
        to: given.to ?? text('target_lang') ?? text('tgt_lang'),
      },
    }
  }
  const unsaid = (error: OptionError): Spoken => {
    const refuse = (): never => {
      throw error
    }
    const tokenizer = {
      ...translationTokenizer(open, { prefix: '' }, special.eos),
      encodeSource: refuse,
      encodeTarget: refuse,
    }
    return { tokenizer, specialTokens: { ...special, forcedStart: undefined }, languages: asked }
  }
  const spoken = (): Spoken => {
    try {
      return inLanguages({})
    } catch (error) {
      if (saysLater && error instanceof OptionError) return unsaid(error)
      throw error
    }
  }
  return {
    id,
    config,
    files,
    ...spoken(),
    asked,
    inLanguages,
    networks: translationNetworks(id, networks, namesOf(id, [...networks.keys()])),
    maxLength: lengthOf(config, open.settings['model_max_length']),
    training: undefined,
  }
}

/** The network files of a saved model, read. @throws OnnxFormatError */
export function decodeNetworks(files: ReadonlyMap<string, Uint8Array>): Map<string, Graph> {
  const networks = [...files].filter(([name]) => name.endsWith('.onnx'))
  return new Map(networks.map(([name, bytes]) => [name, decodeModel(bytes, name)]))
}

function namesOf(id: string, names: readonly string[], dtype?: Dtype): NetworkNames {
  const { encoder, decoder, decoderWithPast } = findEncoderDecoder(id, names, dtype)
  return { encoder: encoder.name, decoder: decoder.name, decoderWithPast: decoderWithPast?.name }
}

function namedParts(names: NetworkNames): [name: string, part: string][] {
  const part = (name: string): string =>
    (/(encoder_model|decoder_model_merged|decoder_with_past_model|decoder_model)/.exec(name) as RegExpExecArray)[0]
  return [names.encoder, names.decoder, names.decoderWithPast].flatMap((name) =>
    name === undefined ? [] : [[name, part(name)] as [string, string]],
  )
}

/** `config.json`, over it `generation_config.json`. */
function configOf(id: string, files: ReadonlyMap<string, Uint8Array>): TranslatorConfig {
  const read = (name: string): object => {
    const bytes = files.get(name)
    if (!bytes) return {}
    try {
      const json = Object(parseJsonText(new TextDecoder().decode(bytes))) as object
      return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
    } catch (cause) {
      const remedy = 'The file is damaged: fetch the model again.'
      throw new ModelFilesError(`${id}, ${name}`, 'JSON', 'something else', remedy, { cause })
    }
  }
  if (!files.has('config.json')) {
    throw new ModelFilesError(id, 'the folder of a model, with config.json', 'one without', 'Check the path.')
  }
  const parsed = configSchema.safeParse({ ...read('config.json'), ...read('generation_config.json') })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const got = `"${issue?.path.join('.')}": ${issue?.message}`
  throw new ModelFilesError(`${id}, config.json`, 'settings of a model', got, 'Fetch the model again.')
}

/** @throws ModelFilesError for a model that says that it is no encoder-decoder, with what it is good for. */
function refuseOthers(
  { id, names }: ModelFolder,
  { is_encoder_decoder, architectures, model_type }: TranslatorConfig,
): void {
  if (is_encoder_decoder || names.some((name) => name.includes('encoder_model'))) return
  const kind = architectures?.[0] ?? model_type
  const expected = 'an encoder-decoder, which translates'
  if (/CausalLM|LMHead/.test(kind)) {
    const remedy = 'It continues texts, as a chat does. Choose a translator, such as Xenova/opus-mt-en-de.'
    throw new ModelFilesError(id, expected, `a decoder alone (${kind})`, remedy)
  }
  const remedy =
    'An encoder tells classes and likeness of texts: see @headstart/nlp. Choose a translator, such as Xenova/opus-mt-en-de.'
  throw new ModelFilesError(id, expected, `an encoder alone (${kind || 'of no name'})`, remedy)
}

function lengthOf(config: TranslatorConfig, ofTokenizer: unknown): number {
  const lengths = [config.max_position_embeddings, config.n_positions, ofTokenizer]
  const known = lengths.filter(
    (length): length is number => typeof length === 'number' && length > 1 && length < 2 ** 20,
  )
  return known.length > 0 ? Math.min(...known) : usualLength
}
