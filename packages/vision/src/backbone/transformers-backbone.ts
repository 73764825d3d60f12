import { createHash } from 'node:crypto'
import { type Devices, type JsonObject, type TunableBackbone } from '@headstart/core'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import { type FetchOptions, type ModelFolder, ModelFilesError, openModel, readNetwork } from '@headstart/hub'
import { type FullPrecision, type Graph } from '@headstart/onnx'
import { extract, toFullPrecision, upgradeOpset, withFloat32Interface, withStages } from '@headstart/onnx/kit'
import { type FeatureSource, featureGraph, featuresName, featureSource, type ImagePooling } from './image-features.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import type { ImagePreprocessingConfig } from '../preprocessing/image-settings.js'
import { imageProcessor } from '../preprocessing/image-processor.js'

/** Options of `transformersBackbone`; those of the download count where an id is given and the model is not in the cache. */
export interface TransformersBackboneOptions extends Omit<FetchOptions, 'parts'> {
  /**
   * How vectors of a picture's patches become features, see `ImagePooling`. Default: the embedding of a pair such as CLIP,
   * else the network's pooler, where it was trained with it, the class token, or the mean.
   */
  readonly pooling?: ImagePooling
  /**
   * Makes weights in half precision and quantized ones float32, and says so, for a network of which stages are to be tuned.
   * Default false: such a network runs as it is, frozen.
   */
  readonly forTuning?: boolean
  /** Pictures of more pixels than this are refused. Default: 100 million. */
  readonly pixelLimit?: number
  /** See `OpenImageOptions`. Default: strings are paths of files. */
  readonly paths?: boolean
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Where the network runs: execution providers of onnxruntime, in order of preference. Default 'cpu'. */
  readonly device?: Devices | undefined
}

/** An image encoder as it was published. */
export interface PublishedBackbone extends TunableBackbone<ImageInput> {
  /**
   * The id or folder from which it was opened, where it is one side of a pair whose other side reads texts into the same
   * features (see `zeroShot`).
   */
  readonly pair?: string
}

/** Of a pair of texts and pictures the side of pictures, where it is a file of its own. */
export const encoderParts = ['vision_model', 'model']

/**
 * An image encoder as it is published for Transformers.js: ViT, DeiT, DINOv2, Swin, ConvNeXt, ResNet, MobileNet,
 * EfficientNet, the vision side of CLIP and SigLIP, and their like. Its ONNX network runs on Headstart's own engine, so that
 * it can be tuned; pictures are brought to it as its `preprocessor_config.json` says (see `imageProcessor`). Of a classifier
 * the features are what its last layer reads.
 *
 * @param idOrFolder A folder in the layout of the Hugging Face Hub, which never touches the network, or an id there, such as
 *   `Xenova/dinov2-small`, which is fetched once and then in the cache.
 * @throws ModelFilesError where the model lacks something, or is no encoder of pictures.
 * @throws HubError where a model cannot be fetched.
 * @throws OptionError for an option outside its range.
 */
export async function transformersBackbone(
  idOrFolder: string,
  options: TransformersBackboneOptions = {},
): Promise<PublishedBackbone> {
  const { dtype, pooling, pixelLimit, paths, threads, forTuning = false, onNotice } = options
  const folder = await openModel(idOrFolder, { ...options, parts: encoderParts })
  const config = (await folder.json('config.json')) ?? {}
  const { graph: published, hash, dtype: found } = await readNetwork(folder, { parts: encoderParts, dtype })
  const pixels = pixelsOf(folder, published)
  const processor = await folder.json('preprocessor_config.json')
  if (!processor) {
    const got = folder.has('tokenizer.json') ? 'a model for texts' : 'a folder without'
    const expected = 'the folder of an image encoder, with preprocessor_config.json'
    throw new ModelFilesError(folder.path, expected, got, 'Check the model.')
  }
  const settings = imageProcessor(folder.id, processor, pixels)
  const source = featureSource(published, familyOf(config), pooling)
  if (!source) throw noFeatures(folder, published, pooling)

  const { graph: encoder, notices } = encoderOf(published, source.value, forTuning)
  for (const notice of notices) onNotice?.(`${folder.id}: ${notice}`)
  const graph = ofSize(folder, encoder, settings)
  const preprocessing = imagePreprocessing(settings, { pixelLimit, paths })
  const backbone = networkBackbone({
    id: found === 'fp32' ? folder.id : `${folder.id} (${found})`,
    modality: 'image',
    network: await stagedNetwork(folder, graph, source),
    preprocessing,
    fingerprint: createHash('sha256')
      .update(hash)
      .update(JSON.stringify([preprocessing.id, preprocessing.config, source, forTuning && found !== 'fp32']))
      .digest('hex'),
    ...(threads !== undefined && { threads }),
    device: options.device,
  })
  return source.value === 'image_embeds' ? Object.assign(backbone, { pair: idOrFolder }) : backbone
}

/** The family of a network, of a pair that of its vision side. */
function familyOf({ model_type, vision_config }: JsonObject): string {
  const side = Object(vision_config) as JsonObject
  return String(side['model_type'] ?? model_type)
}

/** @throws ModelFilesError for a network that takes something else than pictures. */
function pixelsOf(folder: ModelFolder, { inputs }: Graph): string {
  const pixels = inputs.find(({ name }) => name === 'pixel_values')
  if (pixels && pixels.dims?.length === 4) return pixels.name
  const got = `the inputs ${inputs.map(({ name, dims }) => `${name}[${dims?.join(', ') ?? '?'}]`).join(', ')}`
  throw new ModelFilesError(
    folder.id,
    'an image encoder, with the input pixel_values',
    got,
    'Choose a model for image features.',
  )
}

function noFeatures(folder: ModelFolder, { outputs }: Graph, pooling: ImagePooling | undefined): Error {
  const got = `the outputs ${outputs.map(({ name }) => name).join(', ')}`
  if (pooling !== undefined) {
    const expected =
      pooling === 'pooler' ? 'a network with pooler_output or image_embeds' : 'a network with last_hidden_state'
    return new OptionError('option "pooling"', `${expected}, for "${pooling}"`, got, 'Leave the option out.')
  }
  const expected = 'an image encoder with last_hidden_state, pooler_output, image_embeds or logits'
  return new ModelFilesError(folder.id, expected, got, 'Choose a model for image features.')
}

/** The part of a network that computes a value, in a version of the operators that heads are written for. */
function encoderOf(network: Graph, value: string, forTuning: boolean): FullPrecision {
  const part = extract(network, [], [value])
  const encoder = (part.opsets.get('') ?? 0) < 13 ? upgradeOpset(part) : part
  const { graph, notices } = forTuning ? toFullPrecision(encoder) : { graph: encoder, notices: [] }
  return { graph: withFloat32Interface(graph), notices }
}

/** The graph for pictures of one size: onnxruntime then knows all shapes. */
function ofSize(folder: ModelFolder, graph: Graph, { input, size }: ImagePreprocessingConfig): Graph {
  const sides = typeof size === 'number' ? [size, size] : size
  const dims = ['batch', 3, ...sides]
  const known = graph.inputs.find(({ name }) => name === input)?.dims ?? []
  if (
    graph.inputs.length === 1 &&
    known.slice(1).every((dim, axis) => typeof dim === 'string' || dim === dims[axis + 1])
  ) {
    return graph.with({ inputs: graph.inputs.map((info) => ({ ...info, dims })) })
  }
  const got = `one for ${graph.inputs.map(({ name, dims: own }) => `${name}[${own?.join(', ') ?? '?'}]`).join(', ')}`
  const expected = `a network for pictures of [${dims.join(', ')}] alone, as its preprocessor_config.json says`
  throw new ModelFilesError(folder.id, expected, got, 'Export it again.')
}

/** The network to its features, and its stages. */
async function stagedNetwork(folder: ModelFolder, graph: Graph, source: FeatureSource) {
  const { graph: known, stages: found } = await withStages(
    graph.with({ outputs: [{ name: source.value }], valueInfo: new Map() }),
  )
  const dims = known.outputs[0]?.dims ?? []
  const rank = dims.length
  const size = rank === 4 ? dims[1] : dims.at(-1)
  if (rank < 2 || rank > 4 || typeof size !== 'number') {
    const got = `"${source.value}" of shape [${dims.join(', ')}]`
    throw new ModelFilesError(folder.id, 'features of a known number', got, 'Export it again.')
  }
  const stages = found.map(({ name, output }) => ({ name, output: output === source.value ? featuresName : output }))
  return { graph: featureGraph(known, source, rank, size), stages }
}
