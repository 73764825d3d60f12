import { type Device, GraphBuilder, type Onnxruntime, onnxruntime, type Runtime } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { BrowserError } from './errors.js'

/** A module with one function that returns a vector of zeros: what has no SIMD does not take it. */
const withSimd = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
])

/** @throws BrowserError where there is no WebAssembly with SIMD, for which onnxruntime-web is built. */
export function requireSimd(): void {
  if (typeof WebAssembly === 'object' && WebAssembly.validate(withSimd)) return
  const remedy = 'Use a newer one: Chrome or Edge from 91, Firefox from 89, Safari from 16.4 on.'
  throw new BrowserError('this browser', 'WebAssembly with SIMD', 'one without', remedy)
}

/** The two builds of onnxruntime-web, and the file of WebAssembly that each loads. */
const builds = {
  wasm: { load: () => import('onnxruntime-web/wasm'), file: 'ort-wasm-simd-threaded.wasm' },
  webgpu: { load: () => import('onnxruntime-web/webgpu'), file: 'ort-wasm-simd-threaded.asyncify.wasm' },
} as const

/** A runtime that can be loaded before it is needed. */
export interface WebRuntime extends Runtime {
  /** @throws BrowserError where its WebAssembly cannot be loaded. */
  start(devices: readonly Device[]): Promise<void>
}

/**
 * onnxruntime-web: as WebAssembly, and by WebGPU for those who ask for it, which is another, larger build.
 * @param folder Where its `.wasm` files lie. Default: where the module that loads them lies.
 */
export function webRuntime(folder: URL | undefined): WebRuntime {
  const started = { wasm: once(() => startBuild('wasm', folder)), webgpu: once(() => startBuild('webgpu', folder)) }
  const buildFor = (devices: readonly Device[]) => started[devices.some(isWebGpu) ? 'webgpu' : 'wasm']()
  return {
    name: 'onnxruntime-web',
    devices: ['cpu', 'wasm', 'webgpu'],
    async start(devices) {
      await buildFor(devices)
    },
    load: async (model, options) => (await buildFor(options.devices)).load(model, options),
  }
}

/** Loads a build and its WebAssembly, for which it runs nothing yet. */
async function startBuild(name: keyof typeof builds, folder: URL | undefined): Promise<Runtime> {
  const { load, file } = builds[name]
  const ort: Onnxruntime & { readonly env: { readonly wasm: { wasmPaths?: unknown } } } = await load()
  if (folder) ort.env.wasm.wasmPaths = folder.href
  const runtime = onnxruntime('onnxruntime-web', ort, ['cpu', 'wasm', 'webgpu'])
  const g = new GraphBuilder('probe')
  g.output('y', g.op('Add', [g.input('x', 'float32', [1]), g.scalar(1)]), 'float32')
  try {
    const options = { devices: ['cpu'], threads: 1, optimization: 'disabled', spin: false } as const
    await (await runtime.load(encodeModel(g.build()), options)).release()
  } catch (cause) {
    const expected = `its file ${file} ${folder ? `in ${folder.href}` : 'beside the module that loads it'}`
    const remedy = `Serve node_modules/onnxruntime-web/dist/${file} there (a bundler: as an asset), or give its folder as the option "wasm".`
    throw new BrowserError('onnxruntime-web', expected, 'none that can be loaded', remedy, { cause })
  }
  return runtime
}

function isWebGpu(device: Device): boolean {
  return (typeof device === 'string' ? device : device.name) === 'webgpu'
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
