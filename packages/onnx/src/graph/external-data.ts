import { type FileHandle, open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { ParsedModel } from './decode.js'
import { arrayConstructors, elementTypeOf } from './element-type.js'
import { OnnxFormatError } from '../errors.js'
import { type GraphProto, TensorProto_DataLocation as Location, type TensorProto } from './proto/onnx_pb.js'
import { sizeOf } from './tensor.js'

/** Where the data of a tensor stands in another file (ONNX, "External Tensor Data"). */
interface ExternalTensor {
  readonly tensor: TensorProto
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
 * Looks for the files in which a model keeps weights, which stand beside its own, and reads nothing of them yet.
 * @param path Path of the model's file.
 * @param within Folder that no file may be outside of, through links neither. Default: the model's.
 * @throws OnnxFormatError for a file that is missing, outside the folder or too short, and for data of another length than
 *   its shape.
 */
export async function findExternalData(
  model: ParsedModel,
  path: string,
  within = dirname(path),
): Promise<ExternalData> {
  const tensors = externalTensors(model.graph).map((tensor) => describe(tensor, path))
  const files = new Map<string, string>()
  for (const { path: file, offset, length, tensor } of tensors) {
    const real = files.get(file) ?? (await realPathInside(file, path, within))
    files.set(file, real)
    const size = await withFile(real, async (handle) => (await handle.stat()).size)
    if (offset + length <= size) continue
    throw new OnnxFormatError(
      path,
      `tensor "${tensor.name}" is in bytes ${offset} to ${offset + length} of "${relative(dirname(path), file)}", which has ${size}`,
      'The file is cut short: get it again.',
    )
  }
  return {
    length: tensors.reduce((sum, { length }) => sum + length, 0),
    async load() {
      for (const [file, real] of files) {
        await withFile(real, async (handle) => {
          for (const one of tensors) if (one.path === file) await readInto(one, handle)
        })
      }
    },
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
  return { tensor, path: join(dirname(source), ...location.split('/')), offset, length }
}

function isOutside(location: string): boolean {
  return isAbsolute(location) || /^[a-z]:|[\\\0]/i.test(location) || location.split('/').includes('..')
}

/** The path behind all links. */
async function realPathInside(file: string, source: string, within: string): Promise<string> {
  const name = relative(dirname(source), file)
  const real = await realpath(file).catch((cause: unknown) => {
    const remedy = `Get "${name}" as well, and put it beside the model.`
    throw new OnnxFormatError(source, `its weights are in "${name}", which cannot be read`, remedy, { cause })
  })
  if (real.startsWith((await realpath(within)) + sep)) return real
  throw new OnnxFormatError(
    source,
    `its weights are in "${name}", a link to a place outside its folder`,
    'Put the file itself there.',
  )
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path)
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

/** Largest number of bytes that one read of Node gives. */
const mostAtOnce = 2 ** 30

async function readInto({ tensor, offset, length }: ExternalTensor, handle: FileHandle): Promise<void> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, mostAtOnce), offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  // What a file is short of by now, whoever decodes it will say.
  tensor.rawData = bytes.subarray(0, done)
  tensor.dataLocation = Location.DEFAULT
}
