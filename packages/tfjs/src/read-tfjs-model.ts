import { dirname, isAbsolute, join, normalize } from 'node:path'
import { readRegularFile, toFileError } from '@headstart/core/kit'
import type { Tensor } from '@headstart/onnx'
import { TfjsFormatError } from './errors.js'
import { formatOf, type ModelJson, parseModelJson, type TfjsFormat } from './model-json.js'
import { decodeWeights } from './weights.js'

/** A TensorFlow.js model in memory. */
export interface TfjsModel {
  /** Where it came from, for errors. */
  readonly source: string
  readonly format: TfjsFormat
  readonly json: ModelJson
  /** By the name of the `Const` node (graph model) or of the Keras weight; quantized ones as what they stand for. */
  readonly weights: ReadonlyMap<string, Tensor>
}

/**
 * Reads a TensorFlow.js model: its model.json and the shards beside it.
 * @param path Of the model.json.
 * @throws FileError when a file cannot be read.
 * @throws TfjsFormatError when it is no such model, or the shards are cut short or too long.
 */
export async function readTfjsModel(path: string): Promise<TfjsModel> {
  return decodeTfjsModel(path, (await read(path)).toString(), (shard) => read(join(dirname(path), shard)))
}

/**
 * The same from anywhere: a model.json, and a function that gives the bytes of each shard it names.
 * @param source Names the model in errors.
 */
export async function decodeTfjsModel(
  source: string,
  modelJson: string,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<TfjsModel> {
  const json = parseModelJson(source, modelJson)
  const format = formatOf(source, json)
  const weights = new Map<string, Tensor>()
  for (const { paths, weights: specs } of json.weightsManifest) {
    for (const path of paths) checkInside(source, path)
    const shards = await Promise.all(paths.map(readShard))
    for (const [name, tensor] of decodeWeights(`${source}, shards ${paths.join(', ')}`, specs, Buffer.concat(shards))) {
      weights.set(name, tensor)
    }
  }
  return { source, format, json, weights }
}

/** A model from elsewhere may not name files outside its folder. */
function checkInside(source: string, path: string): void {
  if (!isAbsolute(path) && !normalize(path).startsWith('..')) return
  throw new TfjsFormatError(source, 'shards in the folder of model.json or below', `"${path}"`, 'Get the model again.')
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readRegularFile(path)
  } catch (error) {
    throw toFileError(error, path, 'read')
  }
}
