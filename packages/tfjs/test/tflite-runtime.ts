import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Tensor, tensor } from '@headstart/onnx'
import { ByteBuffer } from 'flatbuffers'
import { FlatTable } from '../src/tflite/flat-table.js'
import { readTflite } from '../src/tflite/read-tflite.js'

/** What TensorFlow Lite itself, compiled to WebAssembly, has of a model: `@tensorflow/tfjs-tflite` without what needs a browser. */
interface Vector<T> {
  size(): number
  get(index: number): T
}
interface LiteTensor {
  readonly name: string
  readonly shape: string
  readonly dataType: string
  data(): Float32Array
}
interface Runner {
  GetInputs(): Vector<LiteTensor>
  GetOutputs(): Vector<LiteTensor>
  Infer(): boolean
  delete(): void
}
interface Outcome {
  ok(): boolean
  errorMessage(): string
  value(): Runner
}
interface LiteModule {
  readonly HEAPU8: Uint8Array
  _malloc(count: number): number
  _free(at: number): void
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(at: number, count: number, options: object): Outcome
  }
}

const wasm = '@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd'
const types = { float32: 'float32', int32: 'int32', bool: 'bool', uint8: 'uint8', int8: 'int8' } as const

let loaded: Promise<LiteModule> | undefined

async function load(): Promise<LiteModule> {
  const require = createRequire(import.meta.url)
  const factory = require(`${wasm}.js`) as (options: object) => Promise<LiteModule>
  return factory({ wasmBinary: await readFile(require.resolve(`${wasm}.wasm`)), print: () => {}, printErr: () => {} })
}

/** What TensorFlow Lite answers: the outputs of a model by their names, for inputs in their order. */
export async function runTflite(bytes: Uint8Array, inputs: readonly ArrayLike<number>[]): Promise<Map<string, Tensor>> {
  const lite = await (loaded ??= load())
  const at = lite._malloc(bytes.length)
  lite.HEAPU8.set(bytes, at)
  const options = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 1024 }
  const outcome = lite.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, bytes.length, options)
  if (!outcome.ok()) throw new Error(outcome.errorMessage())
  const runner = outcome.value()
  const given = runner.GetInputs()
  // Of a large model, asking for the outputs afterwards reads beyond the memory; before, those of no fixed size are not there.
  const before = bytes.length > 1e6 ? runner.GetOutputs() : undefined
  inputs.forEach((values, index) => given.get(index).data().set(values))
  if (!runner.Infer()) throw new Error('TensorFlow Lite refused to run the model.')
  const outputs = before ?? runner.GetOutputs()
  const results = Array.from({ length: outputs.size() }, (_, index): [string, Tensor] => {
    const { name, shape, dataType } = outputs.get(index)
    const dims = shape === '' ? [] : shape.split(',').map(Number)
    return [name, tensor(types[dataType as keyof typeof types], dims, outputs.get(index).data().slice())]
  })
  runner.delete()
  lite._free(at)
  return new Map(results)
}

/** The same model with one of its inner tensors for its first output, so that TensorFlow Lite gives it out. */
export function endingAt(bytes: Uint8Array, name: string): Uint8Array {
  const changed = bytes.slice()
  const buffer = new ByteBuffer(changed)
  const index = readTflite('test', changed).tensors.findIndex((one) => one.name === name)
  if (index === -1) throw new Error(`No tensor "${name}" in the model.`)
  const [graph] = FlatTable.root('test', buffer).tables(2)
  const outputs = (graph?.position ?? 0) + buffer.__offset(graph?.position ?? 0, 4 + 2 * 2)
  buffer.writeInt32(buffer.__vector(outputs), index)
  return changed
}
