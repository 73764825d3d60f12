import { createHash } from 'node:crypto'
import {
  type Devices,
  type JsonObject,
  type Knowledge,
  type Network,
  type Stage,
  type TunableBackbone,
  withKnowledge,
} from '@headstart/core'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import { type FetchOptions, type ModelFolder, ModelFilesError, openModel, readNetwork } from '@headstart/hub'
import { type FullPrecision, type Graph } from '@headstart/onnx'
import { extract, toFullPrecision, upgradeOpset, withFloat32Interface, withStages } from '@headstart/onnx/kit'
import { features, pooledGraph, type PooledGraphOptions, type Pooling } from './pooled-graph.js'
import { type SentenceSettings, sentenceSettings } from './sentence-settings.js'
import { textKnowledge } from '../knowledge/text-knowledge.js'
import { type LongTexts, tokenizedText, type TokenInput } from '../preprocessing/tokenized-text.js'

/** Options of `transformersBackbone`; those of the download count where an id is given and the model is not in the cache. */
export interface TransformersBackboneOptions extends Omit<FetchOptions, 'parts'> {
  /**
   * Default: as the folder's settings of sentence-transformers say, or `publishedEncoders` for the id, else 'mean', of all
   * tokens but padding.
   */
  readonly pooling?: Pooling
  /** Whether features have length 1. Default: as for `pooling`, else false. */
  readonly normalize?: boolean
  /** Stands before every text, such as 'query: ' for E5. Default: as for `pooling`, else nothing. */
  readonly prefix?: string
  /** Most tokens of a text that are read. Default: as for `pooling`, else as many as the encoder takes. */
  readonly maxLength?: number
  /**
   * What happens to texts of more tokens: 'truncate' (default) reads their beginning and says how many there were;
   * 'split' reads them whole, in parts, and takes the mean of the parts' features. A network that splits is one stage.
   */
  readonly longTexts?: LongTexts
  /**
   * Makes weights in half precision and quantized ones float32, and says so, for a network of which stages are to be tuned.
   * Default false: such a network runs as it is, frozen.
   */
  readonly forTuning?: boolean
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Where the network runs: execution providers of onnxruntime, in order of preference. Default 'cpu'. */
  readonly device?: Devices | undefined
  /** What can stand beside the network (see `withKnowledge`). Default: `textKnowledge()`. */
  readonly knowledge?: readonly Knowledge<string>[]
}

/** Of a pair of texts and pictures the side of texts, where it is a file of its own. */
export const encoderParts = ['text_model', 'model']
/** Outputs of exported encoders that hold a vector for each token, the most usual first. */
const tokenOutputs = ['last_hidden_state', 'token_embeddings']
/** Outputs that hold one vector for each text. */
const textOutputs = ['sentence_embedding', 'text_embeds', 'pooler_output']
const tokenInputs: ReadonlySet<string> = new Set([
  'input_ids',
  'attention_mask',
  'token_type_ids',
  'position_ids',
] satisfies TokenInput['name'][])
/** Most tokens where neither option nor model says how many. */
const usualLength = 512

/**
 * A text encoder as it is published for Transformers.js: BERT, DistilBERT, RoBERTa, MPNet, ALBERT, ELECTRA, DeBERTa,
 * XLM-R, MiniLM, E5, BGE, GTE, ModernBERT and their like. Its ONNX network runs on Headstart's own engine, so that it can
 * be tuned; tokens are those of its `tokenizer.json`. Of a pair of texts and pictures, such as CLIP, it is the side of texts.
 *
 * @param idOrFolder A folder in the layout of the Hugging Face Hub, which never touches the network, or an id there, such as
 *   `Xenova/all-MiniLM-L6-v2`, which is fetched once and then in the cache.
 * @throws ModelFilesError where the model lacks something, or is no encoder of texts.
 * @throws HubError where a model cannot be fetched.
 * @throws OptionError for an option outside its range.
 */
export async function transformersBackbone(
  idOrFolder: string,
  options: TransformersBackboneOptions = {},
): Promise<TunableBackbone<string>> {
  const folder = await openModel(idOrFolder, { ...options, parts: encoderParts })
  const config = await folder.json('config.json')
  if (!config) {
    throw new ModelFilesError(folder.path, 'the folder of a model, with config.json', 'one without', 'Check the path.')
  }
  const settings = await sentenceSettings(folder)
  const [tokenizer, tokenizerConfig] = await tokenizerFiles(folder)
  const { graph: exported, hash, dtype } = await readNetwork(folder, { parts: encoderParts, dtype: options.dtype })
  refuseOthers(folder, exported, config)
  const output = outputOf(folder, exported, config)

  const {
    longTexts = 'truncate',
    normalize = settings.normalize ?? false,
    forTuning = false,
    onNotice,
    threads,
  } = options
  const pooling = output.perToken ? poolingOf(options, settings) : undefined
  for (const problem of settings.unsupported) onNotice?.(`${folder.id}: ${problem}.`)
  if (!output.perToken && options.pooling) {
    const expected = `a network with a vector for each token (${tokenOutputs.join(', ')})`
    throw new OptionError('option "pooling"', expected, `"${output.name}", pooled already`, 'Leave the option out.')
  }
  const maxLength = lengthOf(options, settings, config, (await folder.json('tokenizer_config.json')) ?? {})
  const { graph: encoder, notices } = encoderOf(exported, output.name, forTuning)
  for (const notice of notices) onNotice?.(`${folder.id}: ${notice}`)
  const inputs = inputsOf(encoder, pooling)
  const preprocessing = tokenizedText({
    tokenizer,
    tokenizerConfig,
    inputs,
    maxLength,
    longTexts,
    prefix: options.prefix ?? settings.prefix ?? '',
    firstPosition: firstPositionOf(config),
  })
  const backbone = networkBackbone({
    id: dtype === 'fp32' ? folder.id : `${folder.id} (${dtype})`,
    modality: 'text',
    network: await stagedNetwork(encoder, {
      value: output.name,
      size: output.size,
      pooling,
      normalize,
      split: longTexts === 'split',
      inputs,
    }),
    preprocessing,
    fingerprint: createHash('sha256')
      .update(hash)
      .update(tokenizer)
      .update(tokenizerConfig)
      .update(preprocessing.id)
      .update(JSON.stringify([preprocessing.config, pooling ?? null, normalize, forTuning && dtype !== 'fp32']))
      .digest('hex'),
    ...(threads !== undefined && { threads }),
    device: options.device,
  })
  return withKnowledge(backbone, options.knowledge ?? textKnowledge())
}

/** The part of a network that computes one of its outputs, in a version of the operators that pooling is written for. */
function encoderOf(network: Graph, output: string, forTuning: boolean): FullPrecision {
  const part = extract(
    network,
    network.inputs.map(({ name }) => name),
    [output],
  )
  const encoder = (part.opsets.get('') ?? 0) < 13 ? upgradeOpset(part) : part
  return forTuning ? toFullPrecision(encoder) : { graph: withFloat32Interface(encoder), notices: [] }
}

/** The encoder with its pooling, and its stages; one where texts come in parts, as then only the whole has a row for each text. */
async function stagedNetwork(encoder: Graph, options: PooledGraphOptions): Promise<Network> {
  const { graph: known, stages } = options.split
    ? oneStage(encoder, options.value)
    : await withStages(encoder, options.value)
  const ends = stages.map(({ name, output }) => ({ name, output: output === options.value ? features : output }))
  return { graph: pooledGraph(known, options), stages: ends }
}

function oneStage(graph: Graph, output: string): { graph: Graph; stages: Stage[] } {
  return { graph, stages: [{ name: 'encoder', output }] }
}

async function tokenizerFiles(folder: ModelFolder): Promise<[tokenizer: Uint8Array, config: Uint8Array]> {
  if (folder.has('tokenizer.json') && folder.has('tokenizer_config.json')) {
    return [await folder.read('tokenizer.json'), await folder.read('tokenizer_config.json')]
  }
  const got = folder.has('preprocessor_config.json') ? 'a model for images' : 'a folder without'
  const remedy = 'Choose a model that is published for Transformers.js, or save its fast tokenizer beside it.'
  throw new ModelFilesError(folder.path, 'tokenizer.json and tokenizer_config.json', got, remedy)
}

/** @throws ModelFilesError for a network that takes something else than tokens. */
function refuseOthers(folder: ModelFolder, { inputs }: Graph, { model_type }: JsonObject): void {
  if (String(model_type).startsWith('siglip')) {
    const expected = 'an encoder that reads texts of any length'
    throw new ModelFilesError(
      folder.id,
      expected,
      'SigLIP, whose texts are filled up to one length',
      'Use a CLIP, or its side of pictures alone.',
    )
  }
  const strange = inputs.filter(({ name, type }) => !tokenInputs.has(name) || (type !== 'int64' && type !== 'int32'))
  if (strange.length === 0 && inputs.some(({ name }) => name === 'input_ids')) return
  const isGenerator = strange.some(({ name }) => name.startsWith('past_key_values'))
  const got = isGenerator ? 'a text generator' : `the inputs ${inputs.map(({ name }) => name).join(', ')}`
  throw new ModelFilesError(
    folder.id,
    'an encoder of texts, with the input input_ids',
    got,
    'Choose a model for feature extraction.',
  )
}

/** What an encoder takes, and the mask where pooling needs it. */
function inputsOf({ inputs }: Graph, pooling: Pooling | undefined): TokenInput[] {
  const taken = inputs.map(({ name, type }) => ({ name, type }) as TokenInput)
  const lacksMask = (pooling === 'mean' || pooling === 'last') && !taken.some(({ name }) => name === 'attention_mask')
  return lacksMask ? [...taken, { name: 'attention_mask', type: 'int64' }] : taken
}

interface EncoderOutput {
  readonly name: string
  readonly size: number
  /** Whether there is a vector for each token, or one for each text. */
  readonly perToken: boolean
}

function outputOf(folder: ModelFolder, { outputs }: Graph, config: JsonObject): EncoderOutput {
  const found = [...tokenOutputs, ...textOutputs].flatMap(
    (name) => outputs.find((output) => output.name === name) ?? [],
  )[0]
  if (!found) {
    const got = `the outputs ${outputs.map(({ name }) => name).join(', ')}`
    const remedy =
      'Choose a model for feature extraction, or export it again without its head (--task feature-extraction).'
    throw new ModelFilesError(
      folder.id,
      `an encoder with one of the outputs ${[...tokenOutputs, ...textOutputs].join(', ')}`,
      got,
      remedy,
    )
  }
  const known = found.dims?.at(-1)
  const size =
    typeof known === 'number'
      ? known
      : [config['hidden_size'], config['dim'], config['d_model']].find((one) => typeof one === 'number')
  if (size === undefined) {
    throw new ModelFilesError(
      folder.id,
      'a number of features in config.json (hidden_size)',
      'none',
      'Add it, or export the model again.',
    )
  }
  return { name: found.name, size, perToken: tokenOutputs.includes(found.name) }
}

function poolingOf(options: TransformersBackboneOptions, settings: SentenceSettings): Pooling {
  const { pooling } = options
  if (pooling === undefined || pooling === 'mean' || pooling === 'cls' || pooling === 'last')
    return pooling ?? settings.pooling ?? 'mean'
  throw new OptionError('option "pooling"', "'mean', 'cls' or 'last'", String(pooling), 'Correct it.')
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
