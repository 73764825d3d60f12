import { createHash } from 'node:crypto'
import {
  type EmbedOptions,
  type JsonObject,
  type Matrix,
  networkBackbone,
  OptionError,
  type TunableBackbone,
} from '@headstart/core'
import { type Dtype, type ModelFolder, ModelFilesError, openModel, readNetwork } from '@headstart/hub'
import { type Graph, upgradeOpset } from '@headstart/onnx'
import { features, pooledGraph, type Pooling } from './pooled-graph.js'
import { type SentenceSettings, sentenceSettings } from './sentence-settings.js'
import { type LongTexts, tokenizedText, type TokenInput } from './tokenized-text.js'

/** Options of `transformersBackbone`. */
export interface TransformersBackboneOptions {
  /** Default: as the folder's settings of sentence-transformers say, else 'mean', of all tokens but padding. */
  readonly pooling?: Pooling
  /** Whether features have length 1. Default: as the folder's settings of sentence-transformers say, else false. */
  readonly normalize?: boolean
  /** Stands before every text, such as 'query: ' for E5. Default: the folder's default prompt, else nothing. */
  readonly prefix?: string
  /** Most tokens of a text that are read. Default: as many as the encoder takes. */
  readonly maxLength?: number
  /**
   * What happens to texts of more tokens: 'truncate' (default) reads their beginning and says how many there were;
   * 'split' reads them whole, in parts, and takes the mean of the parts' features. A network that splits is one stage.
   */
  readonly longTexts?: LongTexts
  /** Number format of the weights. Default: the first of `fp32`, `fp16`, `q8`, ... that the model has. */
  readonly dtype?: Dtype
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Told what is worth knowing and does not stop the work. Default: nobody. */
  readonly onNotice?: (message: string) => void
}

/** Outputs of exported encoders that hold a vector for each token, the most usual first. */
const tokenOutputs = ['last_hidden_state', 'token_embeddings']
/** Outputs that hold one vector for each text. */
const textOutputs = ['sentence_embedding', 'text_embeds', 'pooler_output']
const tokenInputs: readonly string[] = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'] satisfies TokenInput['name'][]
/** Most tokens where neither option nor model says how many. */
const usualLength = 512

/**
 * A text encoder as it is published for Transformers.js: BERT, DistilBERT, RoBERTa, MPNet, ALBERT, ELECTRA, DeBERTa,
 * XLM-R, MiniLM, E5, BGE, GTE, ModernBERT and their like. Its ONNX network runs on Headstart's own engine, so that it can
 * be tuned; tokens are those of its `tokenizer.json`.
 *
 * @param idOrFolder A folder in the layout of the Hugging Face Hub, which never touches the network.
 * @throws ModelFilesError where the folder lacks something, or holds no encoder of texts.
 * @throws OptionError for an option outside its range.
 */
export async function transformersBackbone(
  idOrFolder: string,
  options: TransformersBackboneOptions = {},
): Promise<TunableBackbone<string>> {
  const folder = await openModel(idOrFolder)
  const config = await folder.json('config.json')
  if (!config) {
    throw new ModelFilesError(folder.path, 'the folder of a model, with config.json', 'one without', 'Check the path.')
  }
  const settings = await sentenceSettings(folder)
  const [tokenizer, tokenizerConfig] = await tokenizerFiles(folder)
  const { graph: exported, bytes, dtype } = await readNetwork(folder, { dtype: options.dtype })
  const encoder = (exported.opsets.get('') ?? 0) < 13 ? upgradeOpset(exported) : exported

  const inputs = inputsOf(folder, encoder)
  const output = outputOf(folder, encoder, config)
  const { longTexts = 'truncate', onNotice, threads } = options
  const maxLength = lengthOf(options, settings, config, JSON.parse(new TextDecoder().decode(tokenizerConfig)) as JsonObject)
  const pooling = output.perToken ? poolingOf(folder, options, settings) : undefined
  for (const problem of settings.unsupported) onNotice?.(`${folder.id}: ${problem}.`)
  if (!output.perToken && options.pooling) {
    const expected = `a network with a vector for each token (${tokenOutputs.join(', ')})`
    throw new OptionError('option "pooling"', expected, `"${output.name}", pooled already`, 'Leave the option out.')
  }

  const graph = pooledGraph(encoder, {
    value: output.name,
    size: output.size,
    pooling,
    normalize: options.normalize ?? settings.normalize ?? false,
    split: longTexts === 'split',
    inputs,
  })
  const preprocessing = tokenizedText({
    tokenizer,
    tokenizerConfig,
    inputs,
    maxLength,
    longTexts,
    prefix: options.prefix ?? settings.prefix ?? '',
    firstPosition: firstPositionOf(config),
  })
  const hash = createHash('sha256').update(bytes).update(tokenizer).update(tokenizerConfig).update(preprocessing.id)
  const described = { ...preprocessing.config, pooling: pooling ?? null, normalize: options.normalize ?? settings.normalize ?? false }
  const backbone = networkBackbone({
    id: dtype === 'fp32' ? folder.id : `${folder.id} (${dtype})`,
    modality: 'text',
    network: { graph, stages: [{ name: 'encoder', output: features }] },
    preprocessing,
    fingerprint: hash.update(JSON.stringify(described)).digest('hex'),
    ...(threads !== undefined && { threads }),
  })
  return {
    ...backbone,
    async embed(texts: readonly string[], embedOptions?: EmbedOptions): Promise<Matrix> {
      const before = preprocessing.truncated
      const matrix = await backbone.embed(texts, embedOptions)
      const cut = preprocessing.truncated - before
      if (cut > 0) onNotice?.(`${folder.id}: ${cut} of ${texts.length} texts are longer than ${maxLength} tokens; their ends were not read.`)
      return matrix
    },
  }
}

async function tokenizerFiles(folder: ModelFolder): Promise<[tokenizer: Uint8Array, config: Uint8Array]> {
  if (folder.has('tokenizer.json') && folder.has('tokenizer_config.json')) {
    return [await folder.read('tokenizer.json'), await folder.read('tokenizer_config.json')]
  }
  const got = folder.has('preprocessor_config.json') ? 'a model for images' : 'a folder without'
  const remedy = 'Choose a model that is published for Transformers.js, or save its fast tokenizer beside it.'
  throw new ModelFilesError(folder.path, 'tokenizer.json and tokenizer_config.json', got, remedy)
}

function inputsOf(folder: ModelFolder, { inputs }: Graph): TokenInput[] {
  const strange = inputs.filter(({ name, type }) => !tokenInputs.includes(name) || (type !== 'int64' && type !== 'int32'))
  const isGenerator = strange.some(({ name }) => name.startsWith('past_key_values'))
  if (strange.length > 0 || !inputs.some(({ name }) => name === 'input_ids')) {
    const got = isGenerator ? 'a text generator' : `the inputs ${inputs.map(({ name }) => name).join(', ')}`
    throw new ModelFilesError(folder.id, 'an encoder of texts, with the input input_ids', got, 'Choose a model for feature extraction.')
  }
  return inputs.map(({ name, type }) => ({ name, type }) as TokenInput)
}

interface EncoderOutput {
  readonly name: string
  readonly size: number
  /** Whether there is a vector for each token, or one for each text. */
  readonly perToken: boolean
}

function outputOf(folder: ModelFolder, { outputs }: Graph, config: JsonObject): EncoderOutput {
  const found = [...tokenOutputs, ...textOutputs].flatMap((name) => outputs.find((output) => output.name === name) ?? [])[0]
  if (!found) {
    const got = `the outputs ${outputs.map(({ name }) => name).join(', ')}`
    const remedy = 'Choose a model for feature extraction, or export it again without its head (--task feature-extraction).'
    throw new ModelFilesError(folder.id, `an encoder with one of the outputs ${[...tokenOutputs, ...textOutputs].join(', ')}`, got, remedy)
  }
  const known = found.dims?.at(-1)
  const size = typeof known === 'number' ? known : [config['hidden_size'], config['dim'], config['d_model']].find((one) => typeof one === 'number')
  if (size === undefined) {
    throw new ModelFilesError(folder.id, 'a number of features in config.json (hidden_size)', 'none', 'Add it, or export the model again.')
  }
  return { name: found.name, size, perToken: tokenOutputs.includes(found.name) }
}

function poolingOf(folder: ModelFolder, options: TransformersBackboneOptions, settings: SentenceSettings): Pooling {
  const { pooling } = options
  if (pooling === undefined || pooling === 'mean' || pooling === 'cls' || pooling === 'last') return pooling ?? settings.pooling ?? 'mean'
  throw new OptionError(`transformersBackbone("${folder.id}"), option "pooling"`, "'mean', 'cls' or 'last'", String(pooling), 'Correct it.')
}

/** Families that count positions from behind the one of padding on. */
const shiftedPositions = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet', 'longformer'])

function firstPositionOf({ model_type, pad_token_id }: JsonObject): number {
  return shiftedPositions.has(String(model_type)) ? (typeof pad_token_id === 'number' ? pad_token_id : 1) + 1 : 0
}

function lengthOf(
  { maxLength }: TransformersBackboneOptions,
  settings: SentenceSettings,
  config: JsonObject,
  { model_max_length }: JsonObject,
): number {
  const positions = config['max_position_embeddings']
  const limits = [
    // Tokenizers without a limit are saved with a huge number.
    typeof model_max_length === 'number' && model_max_length < 1e6 ? model_max_length : Infinity,
    typeof positions === 'number' ? positions - firstPositionOf(config) : Infinity,
  ]
  const most = Math.min(...limits)
  if (maxLength === undefined) return Math.min(settings.maxLength ?? (most === Infinity ? usualLength : most), most)
  if (Number.isInteger(maxLength) && maxLength >= 8 && maxLength <= most) return maxLength
  const expected = `a whole number of tokens from 8 to ${most === Infinity ? 'what the network takes' : most}`
  throw new OptionError('option "maxLength"', expected, String(maxLength), 'Correct it.')
}
