import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type Graph, readOnnx } from '@headstart/onnx'
import { ModelTooLargeError, modelSizeLimit, OnnxFormatError } from '@headstart/onnx/kit'
import { ModelFilesError } from './errors.js'
import type { ModelFolder } from './model-folder.js'
import { type Dtype, externalData, findNetwork, networkFiles, type NetworkFile } from './network-files.js'

/** Parts of a model that are wanted where nothing is said. */
export const wholeModel: readonly string[] = ['model']

/** Which network of a model is meant. */
export interface NetworkChoice {
  /** The first of these that there is: 'vision_model' and 'text_model' are the sides of a pair. Default 'model', the whole. */
  readonly parts?: readonly string[]
  /** Default: the first of `fp32`, `fp16`, `q8`, ... that there is. */
  readonly dtype?: Dtype | undefined
}

/** A network read from a model's folder. */
export interface ReadNetwork extends NetworkFile {
  readonly graph: Graph
  /** SHA-256 over those of its files. */
  readonly hash: string
}

/**
 * Reads a network of a model, with the weights beside it.
 * @throws ModelFilesError where there is none of that part and number format, the file is no ONNX network, or it is too
 *   large for this machine's memory, which is seen before it is read.
 */
export async function readNetwork(
  folder: ModelFolder,
  { parts = wholeModel, dtype }: NetworkChoice = {},
): Promise<ReadNetwork> {
  const file = findNetwork(folder.names, parts, dtype)
  if (!file) throw noNetwork(folder.id, folder.names, parts, dtype)
  const names = [file.name, ...externalData(folder.names, file.name)]
  const sizes = await Promise.all(names.map((name) => folder.size(name)))
  assertFits(
    `${folder.id}, ${file.name}`,
    sizes.reduce((sum, size) => sum + size, 0),
  )
  const hash = createHash('sha256')
  for (const name of names) hash.update(await checkedHash(folder, name))
  const { boundary } = folder
  const graph = await readOnnx(
    await folder.locate(file.name),
    boundary === undefined ? {} : { within: boundary },
  ).catch((cause: unknown) => {
    if (cause instanceof ModelTooLargeError) throw tooLarge(`${folder.id}, ${file.name}`, cause.size, cause.limit)
    if (!(cause instanceof OnnxFormatError)) throw cause
    const remedy = 'The file is damaged or of another kind: fetch the model again.'
    throw new ModelFilesError(`${folder.path}, ${file.name}`, 'an ONNX network', cause.problem, remedy, { cause })
  })
  return { ...file, graph, hash: hash.digest('hex') }
}

/** SHA-256 of a file. @throws ModelFilesError where it is not what the hub announced. */
async function checkedHash(folder: ModelFolder, name: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(await folder.locate(name))) hash.update(chunk as Uint8Array)
  const got = hash.digest('hex')
  const expected = folder.hashes.get(name)
  if (expected === undefined || got === expected) return got
  const remedy = 'It was changed or damaged in the cache: delete it, and it is fetched again.'
  throw new ModelFilesError(await folder.locate(name), `a file with the hash ${expected}`, got, remedy)
}

/**
 * Refuses a network before it is fetched, by the bytes of its files.
 * @throws ModelFilesError
 */
export function assertFits(who: string, bytes: number, limit = modelSizeLimit()): void {
  if (bytes > limit) throw tooLarge(who, bytes, limit)
}

function tooLarge(who: string, bytes: number, limit: number): ModelFilesError {
  const expected = `a network of at most ${gigabytes(limit)}, which is what this machine can load`
  const remedy = 'Choose a smaller model, or a smaller number format (dtype: "q8").'
  return new ModelFilesError(who, expected, gigabytes(bytes), remedy)
}

function gigabytes(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** Says that a model has no network of some part and number format, and what it has. */
export function noNetwork(
  id: string,
  names: readonly string[],
  parts: readonly string[],
  dtype: Dtype | undefined,
): ModelFilesError {
  const networks = networkFiles(names)
  const wanted = `the network onnx/${parts.at(-1)}.onnx${dtype ? ` in the number format ${dtype}` : ''}`
  if (networks.some((name) => /(^|\/)decoder_/.test(name))) {
    return new ModelFilesError(
      id,
      `an encoder, with ${wanted}`,
      'a text generator',
      'Choose a model for feature extraction.',
    )
  }
  const got = networks.length > 0 ? `the networks ${networks.slice(0, 8).join(', ')}` : 'no ONNX file'
  const remedy =
    networks.length > 0
      ? 'Ask for one of these (option dtype), or choose another model.'
      : 'Choose a model that is published for Transformers.js, or export it to ONNX (optimum-cli export onnx).'
  return new ModelFilesError(id, wanted, got, remedy)
}
