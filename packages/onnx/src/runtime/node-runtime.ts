import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { openRuntime, type OpenRuntimeOptions } from '@headstart/runtime'
import { aside as onThreads } from './aside.js'
import { onnxruntime } from './onnxruntime.js'
import type { Runtime } from './runtime.js'

export { apart } from './apart.js'
export { guarded } from './guarded.js'

/**
 * onnxruntime for Node: the one of @headstart/runtime, or what the environment variable HEADSTART_RUNTIME names.
 * @throws RuntimeError when it cannot be loaded here.
 */
export async function nodeRuntime(options?: OpenRuntimeOptions): Promise<Runtime> {
  const opened = await openRuntime(options)
  return sparing(onnxruntime(opened.name, opened.onnxruntime, opened.devices, threadsAsked))
}

/**
 * The runtime; where the environment variable HEADSTART_SPIN is 0, without threads that keep their cores busy while they wait,
 * whatever a session asks for. For machines whose cores are shared or counted, where spinning takes more than the work.
 */
export function sparing(runtime: Runtime): Runtime {
  return {
    ...runtime,
    load: (model, options) =>
      runtime.load(model, process.env['HEADSTART_SPIN'] === '0' ? { ...options, spin: false } : options),
  }
}

/** The runtime, in threads of its own (see `aside.ts`). */
export function aside(runtime: Runtime): Runtime {
  return onThreads(runtime, threadsAsked() || availableParallelism())
}

/** Threads of one operator: as many as the environment variable HEADSTART_THREADS says, where several processes share a machine. */
function threadsAsked(): number {
  return Number.parseInt(process.env['HEADSTART_THREADS'] ?? '', 10) || threadsOfMachine()
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
