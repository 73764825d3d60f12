import type { Tensor } from '@headstart/onnx'
import type { io } from '@tensorflow/tfjs-core'
import { decodeTfjsModel, type TfjsModel } from '../src/read-tfjs-model.js'

/** An attribute as it is written in tests: numbers that are whole are ints, texts in a list are strings. */
export type AttributeInput =
  | number
  | boolean
  | string
  | readonly number[]
  | readonly string[]
  | { readonly [kind: string]: unknown }

/** One node of a graph model to be written. */
export interface NodeInput {
  readonly name: string
  readonly op: string
  readonly inputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeInput>>
}

/** A graph model written in memory: for TensorFlow.js, and as we read it. */
export interface WrittenModel {
  readonly artifacts: io.ModelArtifacts
  readonly model: TfjsModel
}

const typeNames = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL', string: 'DT_STRING' } as const
type Stored = keyof typeof typeNames

/** The attribute of a type. */
export function type(name: Stored): AttributeInput {
  return { type: typeNames[name] }
}

/** An input of the model; -1 is a size that is left open. */
export function placeholder(name: string, dtype: Stored, dims: readonly number[]): NodeInput {
  const shape = { shape: { dim: dims.map((size) => ({ size: String(size) })) } }
  return { name, op: 'Placeholder', attributes: { dtype: type(dtype), shape } }
}

/** Writes a graph model as its converter would: a GraphDef, and the contents of the constants one after the other. */
export async function graphModel(
  nodes: readonly NodeInput[],
  constants: Readonly<Record<string, Tensor>> = {},
  signature?: io.ModelJSON['signature'],
): Promise<WrittenModel> {
  const all = [
    ...Object.entries(constants).map(([name, content]) => ({
      name,
      op: 'Const',
      attributes: { dtype: type(content.type as Stored) },
    })),
    ...nodes,
  ]
  const modelTopology = {
    versions: { producer: 1 },
    node: all.map(({ name, op, inputs = [], attributes = {} }: NodeInput) => ({
      name,
      op,
      input: inputs,
      attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, encodeAttribute(value)])),
    })),
  }
  const weightSpecs = Object.entries(constants).map(([name, content]): io.WeightsManifestEntry => ({
    name,
    shape: [...content.dims],
    dtype: content.type as 'float32',
  }))
  const bytes = Buffer.concat(Object.values(constants).map(({ data }) => bytesOf(data as Float32Array)))
  const json = {
    format: 'graph-model',
    modelTopology,
    ...(signature && { signature }),
    weightsManifest: [{ paths: ['shard'], weights: weightSpecs }],
  }
  return {
    artifacts: {
      modelTopology,
      weightSpecs,
      weightData: new Uint8Array(bytes).buffer,
      ...(signature && { signature }),
    },
    model: await decodeTfjsModel('model.json', JSON.stringify(json), async () => bytes),
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function encodeAttribute(value: AttributeInput): unknown {
  const text = (one: string): string => Buffer.from(one).toString('base64')
  if (typeof value === 'number') return Number.isInteger(value) ? { i: String(value) } : { f: value }
  if (typeof value === 'boolean') return { b: value }
  if (typeof value === 'string') return { s: text(value) }
  if (!Array.isArray(value)) return value
  const values = value as readonly number[] | readonly string[]
  return {
    list: typeof values[0] === 'string' ? { s: values.map((one) => text(String(one))) } : { i: values.map(String) },
  }
}
