import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { decodeModel } from '../src/graph/decode.js'
import { encodeModel } from '../src/graph/encode.js'
import type { Graph } from '../src/graph/graph.js'
import { temporaryFolder } from './temporary-folder.js'

/** The graph as onnxruntime optimizes it before it runs, with fused operators: files of that kind are published as well. */
export async function optimized(graph: Graph): Promise<Graph> {
  const path = join(await temporaryFolder(), 'optimized.onnx')
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: path,
    logSeverityLevel: 4,
  })
  await session.release()
  return decodeModel(await readFile(path), path)
}
