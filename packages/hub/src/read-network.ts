import { totalmem } from 'node:os'
import { decodeModel, type Graph, OnnxFormatError } from '@headstart/onnx'
import { ModelFilesError } from './errors.js'
import type { ModelFolder } from './model-folder.js'
import { type Dtype, externalData, findNetwork, networkFiles, type NetworkFile } from './network-files.js'

/** Which network of a model is meant. */
export interface NetworkChoice {
  /** Default 'model', the whole; 'vision_model' and 'text_model' are the sides of a pair. */
  readonly part?: string
  /** Default: the first of `fp32`, `fp16`, `q8`, ... that there is. */
  readonly dtype?: Dtype | undefined
}

/** A network read from a model's folder. */
export interface ReadNetwork extends NetworkFile {
  readonly graph: Graph
  /** Bytes of its file. */
  readonly bytes: Uint8Array
}

/** Copies of the weights that are in memory at the peak: the file, what onnxruntime is given, and what it makes of it. */
const copies = 3
/** A protobuf message, and with it an ONNX file without external data, holds no more. */
const largestFile = 2 ** 31 - 1

/**
 * Reads a network of a model.
 * @throws ModelFilesError where there is none of that part and number format, the file is no ONNX network, or it is too
 *   large for this machine's memory, which is seen before it is read.
 */
export async function readNetwork(folder: ModelFolder, { part = 'model', dtype }: NetworkChoice = {}): Promise<ReadNetwork> {
  const file = findNetwork(folder.names, part, dtype)
  if (!file) throw noNetwork(folder.id, folder.names, part, dtype)
  const sizes = await Promise.all([file.name, ...externalData(folder.names, file.name)].map((name) => folder.size(name)))
  assertFits(`${folder.id}, ${file.name}`, sizes)
  const bytes = await folder.read(file.name)
  try {
    return { ...file, bytes, graph: decodeModel(bytes, file.name) }
  } catch (cause) {
    if (!(cause instanceof OnnxFormatError)) throw cause
    const remedy = 'The file is damaged or of another kind: fetch the model again.'
    throw new ModelFilesError(`${folder.path}, ${file.name}`, 'an ONNX network', cause.problem, remedy, { cause })
  }
}

/**
 * Refuses a network before it is loaded, by the sizes of its files in bytes.
 * @throws ModelFilesError
 */
export function assertFits(who: string, sizes: readonly number[], memory = memoryOf()): void {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const remedy = 'Choose a smaller model, or a smaller number format (dtype: "q8").'
  if (total * copies > memory) {
    const expected = `a network of at most ${gigabytes(memory / copies)}, a third of this machine's memory`
    throw new ModelFilesError(who, expected, gigabytes(total), remedy)
  }
  const largest = Math.max(...sizes)
  if (largest > largestFile) throw new ModelFilesError(who, 'files of less than 2 GB', gigabytes(largest), remedy)
}

/** Bytes that this process may use: those of the machine, or of the container it runs in. */
function memoryOf(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function gigabytes(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** Says that a model has no network of some part and number format, and what it has. */
export function noNetwork(id: string, names: readonly string[], part: string, dtype: Dtype | undefined): ModelFilesError {
  const networks = networkFiles(names)
  const wanted = `the network onnx/${part}.onnx${dtype ? ` in the number format ${dtype}` : ''}`
  if (networks.some((name) => /(^|\/)decoder_/.test(name))) {
    return new ModelFilesError(id, `an encoder, with ${wanted}`, 'a text generator', 'Choose a model for feature extraction.')
  }
  const got = networks.length > 0 ? `the networks ${networks.slice(0, 8).join(', ')}` : 'no ONNX file'
  const remedy =
    networks.length > 0
      ? 'Ask for one of these (option dtype), or choose another model.'
      : 'Choose a model that is published for Transformers.js, or export it to ONNX (optimum-cli export onnx).'
  return new ModelFilesError(id, wanted, got, remedy)
}
