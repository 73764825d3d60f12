import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type JsonObject, type ModelFiles, type Packed } from '@headstart/core'
import { manifestName, modelFiles, parseJsonText, writeModelFolder } from '@headstart/core/kit'
import type { Graph } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import type { TranslateOptions, Translation, Translator } from './contract.js'
import {
  type OpenTranslator,
  openTranslator,
  type TranslatorOptions,
  translatorParts,
} from './files/open-translator.js'
import { readPublishedTranslator } from './files/published-translator.js'
import { readSavedTranslator, translatorFormat } from './files/saved-translator.js'
import { Sessions } from './generation/sessions.js'
import { translateTexts } from './translate-texts.js'

/**
 * Opens an encoder-decoder as it is published for Transformers.js: Marian (OPUS-MT), T5, BART, mBART, M2M100, NLLB and their like.
 * Its networks run on Headstart's own engine, so that it can be adapted; tokens are those of its `tokenizer.json`.
 *
 *     await using opus = await translator('Xenova/opus-mt-en-de')
 *     const [{ text }] = await opus.translate(['Open the file'])
 *
 * @param idOrFolder A folder in the layout of the Hugging Face Hub, which never touches the network, such as `save` writes, or an id
 *   there, which is fetched once and then in the cache.
 * @throws ModelFilesError where the model lacks something, or is none that translates; ModelFolderError where a saved one is damaged.
 * @throws HubError where a model cannot be fetched.
 * @throws OptionError for a language that it does not know.
 */
export async function translator(idOrFolder: string, options: TranslatorOptions = {}): Promise<Translator> {
  const isSaved = (await stat(join(idOrFolder, manifestName)).catch(() => undefined))?.isFile()
  if (isSaved) return loadTranslator(modelFiles(idOrFolder), options)
  return new EncoderDecoder(await openTranslator(idOrFolder, options), options.threads)
}

/**
 * A translator that was saved, or published, wherever its files lie.
 * @throws ModelFolderError where the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export async function loadTranslator(
  files: ModelFiles,
  { threads }: Pick<TranslatorOptions, 'threads'> = {},
): Promise<Translator> {
  const isSaved = (await files.read(manifestName)) !== undefined
  const parts = isSaved ? await readSavedTranslator(files) : await readPublishedTranslator(files)
  return new EncoderDecoder(parts, threads)
}

class EncoderDecoder implements Translator {
  readonly id: Translator['id']
  readonly config: Translator['config']
  readonly files: Translator['files']
  readonly tokenizer: Translator['tokenizer']
  readonly networks: Translator['networks']
  readonly specialTokens: Translator['specialTokens']
  readonly languages: Translator['languages']
  readonly maxLength: Translator['maxLength']
  readonly training: Translator['training']
  readonly #parts: OpenTranslator
  readonly #sessions: Sessions
  readonly #threads: number | undefined
  #fingerprint: string | undefined

  constructor(parts: OpenTranslator, threads: number | undefined) {
    this.id = parts.id
    this.config = parts.config
    this.files = parts.files
    this.tokenizer = parts.tokenizer
    this.networks = parts.networks
    this.specialTokens = parts.specialTokens
    this.languages = parts.languages
    this.maxLength = parts.maxLength
    this.training = parts.training
    this.#parts = parts
    this.#sessions = new Sessions(parts.networks, threads)
    this.#threads = threads
  }

  get fingerprint(): string {
    if (this.#fingerprint === undefined) {
      const hash = createHash('sha256').update(JSON.stringify(this.languages))
      for (const [name, bytes] of this.#allFiles()) hash.update(name).update(bytes)
      this.#fingerprint = hash.digest('hex')
    }
    return this.#fingerprint
  }

  translate(
    texts: readonly string[],
    options?: TranslateOptions & { readonly onUnreadable?: undefined },
  ): Promise<Translation[]>
  translate(texts: readonly string[], options: TranslateOptions): Promise<(Translation | undefined)[]>
  async translate(texts: readonly string[], options: TranslateOptions = {}): Promise<(Translation | undefined)[]> {
    const { from, to } = options
    const isAsUsual = from === undefined && to === undefined
    const spoken = isAsUsual ? {} : this.#parts.inLanguages({ from, to })
    return translateTexts({ ...this.#parts, ...spoken }, this.#sessions, texts, options)
  }

  withNetworks(networks: ReadonlyMap<string, Graph>, training?: JsonObject, settings: JsonObject = {}): Translator {
    const parts = translatorParts(this.id, withSettings(this.files, settings), networks, this.#parts.asked)
    return new EncoderDecoder({ ...parts, training }, this.#threads)
  }

  async pack(): Promise<Packed> {
    const { id, training } = this
    const { asked: languages } = this.#parts
    const { name: format, version: formatVersion } = translatorFormat
    return {
      manifest: { format, formatVersion, id, languages, ...(training && { training }) },
      files: new Map(this.#allFiles()),
    }
  }

  async save(folder: string): Promise<void> {
    await writeModelFolder(folder, await this.pack())
  }

  close(): Promise<void> {
    return this.#sessions.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #allFiles(): [string, Uint8Array][] {
    return [
      ...this.files,
      ...[...this.networks.files].map(([name, graph]): [string, Uint8Array] => [name, encodeModel(graph)]),
    ]
  }
}

/** Files beside the networks, with changes of `generation_config.json`. */
function withSettings(files: ReadonlyMap<string, Uint8Array>, settings: JsonObject): ReadonlyMap<string, Uint8Array> {
  if (Object.keys(settings).length === 0) return files
  const name = 'generation_config.json'
  const before = files.get(name)
  const config = before ? (parseJsonText(new TextDecoder().decode(before)) as JsonObject) : {}
  return new Map([...files, [name, new TextEncoder().encode(JSON.stringify({ ...config, ...settings }, null, 2))]])
}
