import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { decodeModel } from './decode.js'
import { encodeModel } from './encode.js'
import type { Graph } from './graph.js'

/**
 * Reads a `.onnx` file.
 * @throws OnnxFormatError when the file is no ONNX model; Node's own error when it cannot be read.
 */
export async function readOnnx(path: string): Promise<Graph> {
  return decodeModel(await readFile(path), path)
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
