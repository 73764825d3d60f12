import { arrayConstructors, type ElementArray, type ElementType } from '../graph/element-type.js'
import type { ValueInfo } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import { type LoadedGraph, type LoadOptions, nameOf, type Runtime } from './runtime.js'

/** What is needed of onnxruntime's JavaScript interface, which is the same for Node (onnxruntime-node) and browsers (onnxruntime-web). */
export interface Onnxruntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OnnxruntimeSession>
  }
  // The classes of tensors are generic over their types; here they are known only when the program runs.
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => OnnxruntimeTensor
}

interface OnnxruntimeSession {
  readonly outputMetadata: readonly (
    | { readonly name: string; readonly isTensor: false }
    | {
        readonly name: string
        readonly isTensor: true
        readonly type: string
        readonly shape: readonly (number | string)[]
      }
  )[]
  run(feeds: Record<string, never>, outputs: readonly string[]): Promise<Record<string, unknown>>
  release(): Promise<void>
}

interface OnnxruntimeTensor {
  readonly type: string
  readonly data: unknown
  readonly dims: readonly number[]
}

/**
 * A runtime over a module of onnxruntime: `setRuntime(onnxruntime('onnxruntime-web', await import('onnxruntime-web'),
 * ['wasm', 'webgpu']))`.
 * @param devices Names of the execution providers that it can be asked for.
 * @param threads Threads of one operator where a session does not say. Default: what onnxruntime takes.
 */
export function onnxruntime(
  name: string,
  ort: Onnxruntime,
  devices: readonly string[],
  threads?: () => number,
): Runtime {
  return {
    name,
    devices,
    async load(model, options) {
      const session = await ort.InferenceSession.create(
        model,
        settings({ ...options, threads: options.threads ?? threads?.() }),
      )
      return loaded(ort, session)
    },
  }
}

/** Execution providers that run every operator: wasm is the CPU of a browser. */
const complete: ReadonlySet<string> = new Set(['cpu', 'wasm'])

function settings({ devices, threads, optimization, spin, memory }: LoadOptions): Record<string, unknown> {
  const hasComplete = devices.some((device) => complete.has(nameOf(device)))
  return {
    executionProviders: devices,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    graphOptimizationLevel: optimization,
    ...(memory === 'given back' && { enableCpuMemArena: false, enableMemPattern: false }),
    extra: {
      session: {
        intra_op: { allow_spinning: spin === false ? '0' : '1' },
        force_spinning_stop: spin === 'while running' ? '1' : '0',
        // Else x64 processors without VNNI cut off sums of products of uint8 and int8 at 16 bits: answers of another network.
        x64quantprecision: '1',
        // Else onnxruntime runs on the CPU what no device takes, and does not say so.
        ...(!hasComplete && { disable_cpu_ep_fallback: '1' }),
      },
      // It takes a bias into the product before it, by way of a matrix that a single thread fills.
      optimization: { disable_specified_optimizers: 'MatMulAddFusion' },
    },
    // Fatal only: an error is thrown, and need not stand on stderr as well.
    logSeverityLevel: 4,
  }
}

function loaded(ort: Onnxruntime, session: OnnxruntimeSession): LoadedGraph {
  return {
    outputs: session.outputMetadata.map((value): ValueInfo => {
      return value.isTensor
        ? { name: value.name, type: value.type as ElementType, dims: value.shape }
        : { name: value.name }
    }),
    async run(feeds, outputs) {
      const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
        name,
        new ort.Tensor(type as never, data as never, dims),
      ])
      const results = await session.run(Object.fromEntries(tensors), outputs)
      return Object.fromEntries(outputs.map((name) => [name, toTensor(results[name] as OnnxruntimeTensor)]))
    },
    release: () => session.release(),
  }
}

function toTensor({ type, data, dims }: OnnxruntimeTensor): Tensor {
  const elementType = type as ElementType
  if (elementType === 'string' || Array.isArray(data)) return { type: 'string', dims, data: data as string[] }
  const Elements = arrayConstructors[elementType]
  // Newer runtimes give half floats as Float16Array; here they are bits.
  const view = data as Uint8Array
  const held = data instanceof (Elements as unknown as new () => object)
  const array = held ? view : new Elements(view.buffer, view.byteOffset, view.length)
  return { type: elementType, dims, data: array as ElementArray }
}
