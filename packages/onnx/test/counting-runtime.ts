import { nodeRuntime } from '../src/runtime/node-runtime.js'
import type { Runtime } from '../src/runtime/runtime.js'

/** onnxruntime for Node, which counts the graphs that it holds. */
export function countingRuntime() {
  const count = { loaded: 0, released: 0 }
  const runtime: Runtime = {
    name: 'counting',
    devices: ['cpu'],
    async load(model, options) {
      const loaded = await (await nodeRuntime()).load(model, options)
      count.loaded++
      const release = async (): Promise<void> => {
        count.released++
        await loaded.release()
      }
      return { ...loaded, release }
    },
  }
  return { runtime, count }
}
