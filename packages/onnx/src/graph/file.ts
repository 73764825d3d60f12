import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { decodeParsed, parseModel } from './decode.js'
import { encodeModel } from './encode.js'
import { ModelTooLargeError } from '../errors.js'
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
}

/**
 * Reads a `.onnx` file, and the files beside it in which it keeps weights (external data).
 * @throws OnnxFormatError when the file is no ONNX model, and where weights are missing, cut short or outside its folder.
 * @throws ModelTooLargeError before weights are read that would not fit into memory.
 * @throws Node's own error when the file cannot be read.
 */
export async function readOnnx(
  path: string,
  { sizeLimit = modelSizeLimit(), within }: ReadOnnxOptions = {},
): Promise<Graph> {
  const { size } = await stat(path)
  if (size > sizeLimit) throw new ModelTooLargeError(path, size, sizeLimit)
  const model = parseModel(await readFile(path), path)
  const external = await findExternalData(model, path, within)
  if (size + external.length > sizeLimit) throw new ModelTooLargeError(path, size + external.length, sizeLimit)
  await external.load()
  return decodeParsed(model, path)
}

/** Default of `ReadOnnxOptions.sizeLimit`, in bytes. */
export function modelSizeLimit(): number {
  // Where a container says how much there is, 0 or a number beyond all memory means that it does not.
  const memory = [totalmem(), process.constrainedMemory()].filter((bytes) => bytes > 0)
  return Math.min(2 ** 31 - 1, Math.floor(Math.min(...memory) / 3))
}

/** Writes a `.onnx` file: aside first, then renamed, so that a whole file is never replaced by half a one. */
export async function writeOnnx(graph: Graph, path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(aside, encodeModel(graph), { flush: true })
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
