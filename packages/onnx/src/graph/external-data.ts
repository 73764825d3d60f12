import type { ParsedModel } from './decode.js'
import { arrayConstructors, elementTypeOf } from './element-type.js'
import { FileOutsideError, OnnxFormatError } from '../errors.js'
import { type Files, readSlice } from '../files/files.js'
import { type GraphProto, TensorProto_DataLocation as Location, type TensorProto } from './proto/onnx_pb.js'
import { sizeOf } from './tensor.js'

/** Where the data of a tensor stands in another file (ONNX, "External Tensor Data"). */
interface ExternalTensor {
  readonly tensor: TensorProto
  /** From the model's folder on. */
  readonly path: string
  readonly offset: number
  readonly length: number
}

/** The tensors of a model that keep their data in other files. */
export interface ExternalData {
  /** Bytes of all of them. */
  readonly length: number
  /** Reads the data into the model's tensors. */
  load(): Promise<void>
}

/**
 * Looks for the files in which a model keeps weights, which stand beside its own, and reads nothing of them yet where their
 * sizes can be known without.
 * @param source Named in errors, such as the model's path.
 * @param files Where the model and its weights lie.
 * @param name The model's own name there.
 * @throws OnnxFormatError for a file that is missing, outside the folder or too short, and for data of another length than
 *   its shape.
 */
export async function findExternalData(
  model: ParsedModel,
  source: string,
  files: Files,
  name: string,
): Promise<ExternalData> {
  const folder = name.slice(0, name.lastIndexOf('/') + 1)
  const tensors = externalTensors(model.graph).map((tensor) => describe(tensor, source))
  const sizes = new Map<string, number>()
  // Files that had to be read for their size.
  const contents = new Map<string, Uint8Array>()
  for (const { path, offset, length, tensor } of tensors) {
    const size = sizes.get(path) ?? (await sizeOfFile(path))
    sizes.set(path, size)
    if (offset + length <= size) continue
    throw new OnnxFormatError(
      source,
      `tensor "${tensor.name}" is in bytes ${offset} to ${offset + length} of "${path}", which has ${size}`,
      'The file is cut short: get it again.',
    )
  }
  return {
    length: tensors.reduce((sum, { length }) => sum + length, 0),
    async load() {
      for (const { tensor, path, offset, length } of tensors) {
        const whole = contents.get(path)
        // What a file is short of by now, whoever decodes it will say.
        tensor.rawData = whole
          ? whole.slice(offset, offset + length)
          : await readSlice(files, folder + path, offset, length)
        tensor.dataLocation = Location.DEFAULT
      }
    },
  }

  async function sizeOfFile(path: string): Promise<number> {
    try {
      if (files.size) return await files.size(folder + path)
      const whole = await files.read(folder + path)
      contents.set(path, whole)
      return whole.length
    } catch (cause) {
      const isOutside = cause instanceof FileOutsideError
      throw new OnnxFormatError(
        source,
        `its weights are in "${path}", ${isOutside ? 'a link to a place outside its folder' : 'which cannot be read'}`,
        isOutside ? cause.remedy : `Get "${path}" as well, and put it beside the model.`,
        { cause },
      )
    }
  }
}

function externalTensors(graph: GraphProto): TensorProto[] {
  const attributes = graph.node.flatMap(({ attribute }) => attribute)
  const own = [...graph.initializer, ...attributes.flatMap(({ t }) => t ?? [])]
  return [
    ...own.filter((one) => one.dataLocation === Location.EXTERNAL),
    ...attributes.flatMap(({ g }) => (g ? externalTensors(g) : [])),
  ]
}

function describe(tensor: TensorProto, source: string): ExternalTensor {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const refuse = (problem: string): never => {
    throw new OnnxFormatError(source, `tensor "${tensor.name}" ${problem}`, 'The file is damaged: get it again.')
  }
  const type = elementTypeOf(tensor.dataType)
  // Data of other types cannot be decoded either; what is wrong with them is said there.
  const elementSize = type && type !== 'string' ? arrayConstructors[type].BYTES_PER_ELEMENT : 1
  const expected = sizeOf(tensor.dims.map(Number)) * elementSize
  const whole = (key: string, usual: number): number => {
    const value = Number(entries.get(key) ?? usual)
    return Number.isSafeInteger(value) && value >= 0
      ? value
      : refuse(`has ${key} "${entries.get(key)}" in another file`)
  }
  const [offset, length] = [whole('offset', 0), whole('length', expected)]
  if (type && type !== 'string' && length !== expected) {
    refuse(`of shape [${tensor.dims.join(', ')}] needs ${expected} bytes and has ${length} in another file`)
  }
  const location = entries.get('location') ?? ''
  // A path with forward slashes, relative to the model's file.
  if (location === '' || isOutside(location)) {
    const problem = `tensor "${tensor.name}" keeps its data in "${location}", which is no path inside its folder`
    throw new OnnxFormatError(source, problem, 'Do not use this model.')
  }
  const path = location.split('/').filter((part) => part !== '' && part !== '.')
  return { tensor, path: path.join('/'), offset, length }
}

function isOutside(location: string): boolean {
  return /^[a-z]:|^\/|[\\\0]/i.test(location) || location.split('/').includes('..')
}
