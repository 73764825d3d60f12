import { OptionError } from '@headstart/core/kit'
import type * as Converter from '@tensorflow/tfjs-converter'
import type * as Core from '@tensorflow/tfjs-core'
import type * as Layers from '@tensorflow/tfjs-layers'
import { MissingPackageError } from './errors.js'
import type { TfjsFormat } from './model-json.js'

/** What executes a model: TensorFlow's native library (@tensorflow/tfjs-node), WebAssembly, or plain JavaScript. */
export type TfjsBackend = 'node' | 'wasm' | 'cpu'

/** Options that choose what executes a model. */
export interface RuntimeOptions {
  /** Default: the first that is installed of 'node', 'wasm' and 'cpu', which is the order of their speed. */
  readonly backend?: TfjsBackend
  /** Told which one runs, and what would be faster. */
  readonly onNotice?: (notice: string) => void
  /** Loads a package. Default: `import()`, from where @headstart/tfjs is installed. */
  readonly load?: (name: string) => Promise<unknown>
}

/** TensorFlow.js with one backend. */
export interface TfjsRuntime {
  readonly backend: TfjsBackend
  readonly tf: typeof Core
  readonly converter: typeof Converter
  readonly layers: typeof Layers
}

const order: readonly TfjsBackend[] = ['node', 'wasm', 'cpu']
/** Their names in TensorFlow.js. */
const names: Readonly<Record<TfjsBackend, string>> = { node: 'tensorflow', wasm: 'wasm', cpu: 'cpu' }
const remedies: Readonly<Record<TfjsBackend, string>> = {
  node: '',
  wasm: ' @tensorflow/tfjs-node is faster, where its native library can be installed.',
  cpu: ' It is slow: @tensorflow/tfjs-backend-wasm is many times faster.',
}

/** Packages that a backend needs for a format. */
export function packagesOf(backend: TfjsBackend, format: TfjsFormat): readonly string[] {
  if (backend === 'node') return ['@tensorflow/tfjs-node']
  const reader = format === 'graph-model' ? '@tensorflow/tfjs-converter' : '@tensorflow/tfjs-layers'
  return ['@tensorflow/tfjs-core', reader, `@tensorflow/tfjs-backend-${backend}`]
}

/**
 * Loads TensorFlow.js with the backend asked for, or the fastest that is installed.
 * @param who Names the model in errors and notices.
 * @throws MissingPackageError when what it needs is not installed.
 */
export async function loadRuntime(who: string, format: TfjsFormat, options: RuntimeOptions = {}): Promise<TfjsRuntime> {
  const { load = (name: string) => import(name) as Promise<unknown>, onNotice } = options
  const failures: unknown[] = []
  for (const backend of options.backend ? [options.backend] : order) {
    try {
      const runtime = await start(backend, await Promise.all(packagesOf(backend, format).map(load)))
      onNotice?.(`${who} is executed by TensorFlow.js on its backend "${backend}".${remedies[backend]}`)
      return runtime
    } catch (cause) {
      failures.push(cause)
    }
  }
  const cause = new AggregateError(failures, failures.map(String).join('\n'))
  throw new MissingPackageError(who, packagesOf(options.backend ?? 'wasm', format), { cause })
}

/** Makes TensorFlow.js, whose backend is one for the whole process, use the runtime's. */
export async function useRuntime({ tf, backend }: TfjsRuntime): Promise<void> {
  if (tf.getBackend() === names[backend]) return
  if (await tf.setBackend(names[backend])) return
  const remedy = 'Install its packages again, or choose another `backend`.'
  throw new OptionError('TensorFlow.js', `its backend "${backend}" to start`, 'a failure', remedy)
}

async function start(backend: TfjsBackend, modules: readonly unknown[]): Promise<TfjsRuntime> {
  // tfjs-node is everything in one.
  const [tf, reader = tf] = modules
  const runtime = { backend, tf, converter: reader, layers: reader } as TfjsRuntime
  await useRuntime(runtime)
  return runtime
}
