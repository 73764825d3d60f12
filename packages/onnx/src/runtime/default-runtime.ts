import type { Runtime } from './runtime.js'

let current: Promise<Runtime> | undefined

/** The runtime of sessions that name none: what `setRuntime` set, or else onnxruntime for Node, loaded by now. */
export function defaultRuntime(): Promise<Runtime> {
  // Imported where it is needed, so that a browser with a runtime of its own never asks for a native library.
  current ??= import('./node-runtime.js').then(({ nodeRuntime }) => nodeRuntime())
  return current
}

/** Sets the runtime of all sessions made from now on that name none; undefined: onnxruntime for Node. */
export function setRuntime(runtime: Runtime | undefined): void {
  current = runtime && Promise.resolve(runtime)
}
