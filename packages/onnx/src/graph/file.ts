import { ModelTooLargeError } from '../errors.js'
import type { Files } from '../files/files.js'
import { modelSizeLimit } from '../files/model-size-limit.js'
import { decodeParsed, parseModel } from './decode.js'
import { encodeModel } from './encode.js'
import { findExternalData } from './external-data.js'
import type { Graph } from './graph.js'

/** Options of `readOnnx`. */
export interface ReadOnnxOptions {
  /**
   * Largest number of bytes of a model with all its weights. Default: a third of the machine's memory (weights are held
   * three times while a session is made of them), and 2 GiB at most, which is what onnxruntime takes from memory.
   */
  readonly sizeLimit?: number
  /** Folder outside of which no weights are read, through links neither. Default: the folder of the file. */
  readonly within?: string
  /** Where the file lies, of which the path is then the name. Default: this machine's files, through Node. */
  readonly files?: Files
}

/**
 * Reads a `.onnx` file, and the files beside it in which it keeps weights (external data).
 * @throws OnnxFormatError when the file is no ONNX model, and where weights are missing, cut short or outside its folder.
 * @throws ModelTooLargeError before weights are read that would not fit into memory.
 * @throws Node's own error, or that of `files`, when the file cannot be read.
 */
export async function readOnnx(
  path: string,
  { sizeLimit = modelSizeLimit(), within, files: given }: ReadOnnxOptions = {},
): Promise<Graph> {
  // Loaded where it is needed, so that a browser that gives files of its own never asks for Node's.
  const { name, files, beside } = given
    ? { name: path, files: given, beside: given }
    : (await import('../files/node-files.js')).placeOf(path, within)
  const requireFits = (size: number): void => {
    if (size > sizeLimit) throw new ModelTooLargeError(path, size, sizeLimit)
  }
  if (files.size) requireFits(await files.size(name))
  const bytes = await files.read(name)
  requireFits(bytes.length)
  const model = parseModel(bytes, path)
  const external = await findExternalData(model, path, beside, name)
  requireFits(bytes.length + external.length)
  await external.load()
  return decodeParsed(model, path)
}

/** Writes a `.onnx` file: aside first, then renamed, so that a whole file is never replaced by half a one. */
export async function writeOnnx(graph: Graph, path: string): Promise<void> {
  const { writeWhole } = await import('../files/node-files.js')
  await writeWhole(path, encodeModel(graph))
}
