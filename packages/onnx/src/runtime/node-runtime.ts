import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'
import { onnxruntime } from './onnxruntime.js'
import type { Runtime } from './runtime.js'

const onNode = onnxruntime(
  'onnxruntime-node',
  ort,
  ort.listSupportedBackends().map(({ name }) => name),
  threadsOfMachine,
)

/**
 * onnxruntime for Node. The native library comes with its npm package. With `HEADSTART_SPIN=0` in the environment its threads
 * give way while they wait, where much runs side by side.
 */
export const nodeRuntime: Runtime = {
  ...onNode,
  load: (model, options) =>
    onNode.load(model, process.env['HEADSTART_SPIN'] === '0' ? { ...options, spin: false } : options),
}

/**
 * Threads that one operator should run on: one for each core that this process may use, and 0, which has onnxruntime count,
 * where the system does not say whether its processors share cores. onnxruntime alone counts a single core on some virtual
 * machines of two, and in a container all those of the host.
 * @param processors What may run at the same time. Default: what this process may use.
 * @param share Whether two processors share a core. Default: what Linux says; null elsewhere.
 */
export function threadsOfMachine(processors = availableParallelism(), share = shareCores()): number {
  if (share === null) return 0
  return share ? Math.ceil(processors / 2) : processors
}

function shareCores(): boolean | null {
  try {
    return readFileSync('/sys/devices/system/cpu/smt/active', 'utf8').trim() === '1'
  } catch {
    return null
  }
}
