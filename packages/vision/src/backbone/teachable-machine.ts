import { basename } from 'node:path'
import { type Devices, Model, type ModelFiles, type TunableBackbone } from '@headstart/core'
import { headNames, modelFiles, networkBackbone, parseJsonText } from '@headstart/core/kit'
import { ModelFilesError } from '@headstart/hub'
import { type Graph } from '@headstart/onnx'
import { cut, rename, withStages } from '@headstart/onnx/kit'
import { z } from 'zod'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imagePreprocessing } from '../preprocessing/image-preprocessing.js'

/** Options of `teachableMachine`. */
export interface TeachableMachineOptions {
  /** Pictures of more pixels than this are refused. Default: 100 million. */
  readonly pixelLimit?: number | undefined
  /** See `OpenImageOptions`. Default: strings are paths of files. */
  readonly paths?: boolean | undefined
  /** Where the network runs: execution providers of onnxruntime, in order of preference. Default 'cpu'. */
  readonly device?: Devices | undefined
}

/** The network of an image project of Teachable Machine up to its features, and what was taught there. */
export interface TeachableMachine extends TunableBackbone<ImageInput> {
  /** Answers with the project's own labels, without training. */
  readonly model: Model<ImageInput>
}

const metadataSchema = z.object({
  labels: z.array(z.string()).min(2),
  imageSize: z.int().min(1).default(224),
  packageName: z.string().default('@teachablemachine/image'),
  grayscale: z.boolean().default(false),
})

/**
 * Whether some files are an export of Teachable Machine: they have its `metadata.json` beside a `model.json`.
 * @param place A folder, or whatever else holds them.
 */
export async function isTeachableMachine(place: string | ModelFiles): Promise<boolean> {
  const files = modelFiles(place)
  return (await files.read('metadata.json')) !== undefined && (await files.read('model.json')) !== undefined
}

/**
 * An image project of Google's Teachable Machine, exported for TensorFlow.js: `model.json`, `weights.bin` and `metadata.json`.
 * Its MobileNet is a backbone `[batch, 3, size, size]` to the features that its dense layers read, and can be tuned; with these
 * layers it is a model, which answers with the project's labels at once. Pictures are scaled until they cover the project's size (224),
 * cropped to its center, and their values v, 0 to 255, become v / 127 - 1, as in the library that trains them.
 *
 * @param place The path of its folder, or whatever else holds its files.
 * @throws ModelFilesError where a file is missing, or it is a project of another kind: sounds, poses, grayscale.
 * @throws TfjsFormatError, UnknownOperatorError, NodeImportError of @headstart/tfjs for a network that cannot be read.
 */
export async function teachableMachine(
  place: string | ModelFiles,
  { pixelLimit, paths, device }: TeachableMachineOptions = {},
): Promise<TeachableMachine> {
  const files = modelFiles(place)
  const { labels, imageSize } = await metadataOf(files)
  const { input, prefix, suffix } = await networkOf(files, imageSize, labels)
  const { graph, stages } = await withStages(prefix)
  const backbone = networkBackbone({
    id: basename(files.name),
    modality: 'image',
    network: { graph, stages: stages.map(({ name, output }) => ({ name, output })) },
    preprocessing: imagePreprocessing(
      { input, size: imageSize, values: { scale: 1 / 127, offset: -1 } },
      { pixelLimit, paths },
    ),
    device,
  })
  const model = new Model<ImageInput>({
    backbone,
    ownsBackbone: true,
    head: { kind: 'classification', labels, graph: suffix },
    recipe: { strategy: 'head', seed: 0, l2: 0, folds: 0, classWeight: 'none', from: 'Teachable Machine' },
    training: { examples: 0, totals: labels.map(() => 0) },
  })
  return Object.assign(backbone, { model })
}

async function metadataOf(files: ModelFiles): Promise<z.output<typeof metadataSchema>> {
  const text = new TextDecoder().decode(await read(files, 'metadata.json'))
  const expected = 'metadata.json of an image project of Teachable Machine'
  const { data, error } = metadataSchema.safeParse(jsonOf(text))
  if (!data) {
    const [issue] = error.issues
    throw refusal(files, expected, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`)
  }
  if (data.packageName !== '@teachablemachine/image') throw refusal(files, expected, `one of ${data.packageName}`)
  if (data.grayscale) throw refusal(files, 'a project of pictures in color', 'one in grayscale')
  const twice = data.labels.find((label, place) => data.labels.indexOf(label) < place)
  if (twice !== undefined) throw refusal(files, 'each label once', `"${twice}" twice`)
  return data
}

function jsonOf(text: string): unknown {
  try {
    return parseJsonText(text)
  } catch {
    return undefined
  }
}

/** The network, cut at what its first dense layer reads: all before that are convolutions. */
async function networkOf(
  files: ModelFiles,
  size: number,
  labels: readonly string[],
): Promise<{ readonly input: string; readonly prefix: Graph; readonly suffix: Graph }> {
  // Loaded here: who classifies pictures otherwise does not wait for it.
  const { decodeTfjsModel, importTfjs } = await import('@headstart/tfjs')
  const json = new TextDecoder().decode(await read(files, 'model.json'))
  const tfjs = await decodeTfjsModel(`${files.name}/model.json`, json, (shard) => read(files, shard))
  const whole = importTfjs(tfjs, { name: 'teachable-machine' })
  const [input, ...others] = whole.inputs
  const [output] = whole.outputs
  const features = whole.nodes.find(({ opType }) => opType === 'MatMul' || opType === 'Gemm')?.inputs[0]
  const known = features === undefined ? undefined : whole.valueInfo.get(features)
  const shapes = `[${input?.dims?.join(', ')}] to [${output?.dims?.join(', ')}]`
  const expected = `a network from [batch, 3, ${size}, ${size}] to ${labels.length} labels by dense layers`
  if (!input || !output || !known || others.length > 0) throw refusal(files, expected, `one from ${shapes}`)
  const fits = input.dims?.slice(1).join() === [3, size, size].join() && output.dims?.at(-1) === labels.length
  if (!fits || typeof known.dims?.at(-1) !== 'number') throw refusal(files, expected, `one from ${shapes}`)
  const { prefix, suffix } = cut(whole, [known.name])
  const names = { [known.name]: headNames.features, [output.name]: headNames.result.classification }
  return {
    input: input.name,
    prefix: prefix.with({ outputs: [known] }),
    suffix: rename(suffix, names).with({ name: 'head' }),
  }
}

async function read(files: ModelFiles, name: string): Promise<Uint8Array> {
  const bytes = await files.read(name)
  if (bytes) return bytes
  throw refusal(files, `the file ${name}`, (await files.describe?.()) ?? 'no such file')
}

function refusal(files: ModelFiles, expected: string, got: string): ModelFilesError {
  const remedy = 'Export an image project from Teachable Machine: Export Model, Tensorflow.js, Download.'
  return new ModelFilesError(files.name, expected, got, remedy)
}
