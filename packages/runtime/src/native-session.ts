/** The part of onnxruntime's JavaScript interface that Headstart uses, over its Node binding. */
import { RuntimeError } from './errors.js'

/** What the binding exports (onnxruntime, js/node/lib/binding.ts). */
export interface Binding {
  readonly InferenceSession: new () => NativeSession
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[]
  /** Once for each thread, before the first session: tensors that come out are made by `constructor`. */
  initOrtOnce(logLevel: number, constructor: typeof Tensor, isMainThread: boolean): void
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: Record<string, unknown>): void
  readonly outputMetadata: readonly NativeMetadata[]
  run(feeds: Record<string, Tensor>, fetches: Record<string, null>, options: object): Record<string, Tensor>
  dispose(): void
}

interface NativeMetadata {
  readonly name: string
  readonly isTensor: boolean
  /** Number of the element type. */
  readonly type: number
  /** -1 for a dimension that only has a name, or none. */
  readonly shape: readonly number[]
  readonly symbolicDimensions: readonly string[]
}

/** A tensor as the binding takes and makes it. */
export class Tensor {
  /** Where its data lie: always in the memory of the program. */
  readonly location = 'cpu'
  constructor(
    readonly type: string,
    readonly data: ArrayLike<unknown>,
    readonly dims: readonly number[],
  ) {}
}

/** Of an input or output. */
export type Metadata =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string
      readonly isTensor: true
      readonly type: string
      readonly shape: readonly (number | string)[]
    }

/** A loaded model. */
export interface InferenceSession {
  readonly outputMetadata: readonly Metadata[]
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Record<string, Tensor>>
  release(): Promise<void>
}

/** As onnxruntime-node and onnxruntime-web export it. */
export interface OnnxruntimeModule {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<InferenceSession>
  }
  readonly Tensor: typeof Tensor
}

/** The interface over a binding that `initOrtOnce` was called of. */
export function overBinding(binding: Binding): OnnxruntimeModule {
  return {
    Tensor,
    InferenceSession: {
      async create(model, options) {
        await nextTurn()
        const session = new binding.InferenceSession()
        session.loadModel(model.buffer, model.byteOffset, model.byteLength, options)
        const outputMetadata = session.outputMetadata.map(metadata)
        const known = outputMetadata.map(({ name }) => name)
        return {
          outputMetadata,
          async run(feeds, outputs) {
            const unknown = outputs.find((name) => !known.includes(name))
            // The binding would leave it out.
            if (unknown !== undefined) throw new RuntimeError('output', `one of ${known.join(', ')}`, unknown, '')
            await nextTurn()
            return session.run(feeds, Object.fromEntries(outputs.map((name) => [name, null])), {})
          },
          release: async () => session.dispose(),
        }
      },
    },
  }
}

/** The binding holds the thread while it works: what waits in the event loop goes first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** By their numbers in onnx.proto, TensorProto.DataType: those that the binding takes. */
const elementTypes: readonly (string | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
]

function metadata({ name, isTensor, type, shape, symbolicDimensions }: NativeMetadata): Metadata {
  if (!isTensor) return { name, isTensor: false }
  const elementType = elementTypes[type]
  if (elementType === undefined)
    throw new RuntimeError(`output "${name}"`, 'an element type that runs', `type ${type} of ONNX`, '')
  const dims = shape.map((size, axis) => (size === -1 ? (symbolicDimensions[axis] ?? '') : size))
  return { name, isTensor: true, type: elementType, shape: dims }
}
