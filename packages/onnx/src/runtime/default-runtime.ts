import type { Graph } from '../graph/graph.js'
import type { Runtime } from './runtime.js'

let current: Promise<Runtime> | undefined
let isSet = false

/** The runtime of sessions that name none: what `setRuntime` set, or else onnxruntime for Node, loaded by now. */
export function defaultRuntime(): Promise<Runtime> {
  // Imported where it is needed, so that a browser with a runtime of its own never asks for a native library.
  current ??= import('./node-runtime.js').then(({ nodeRuntime }) => nodeRuntime())
  return current
}

/** Sets the runtime of all sessions made from now on that name none; undefined: onnxruntime for Node. */
export function setRuntime(runtime: Runtime | undefined): void {
  current = runtime && Promise.resolve(runtime)
  isSet = runtime !== undefined
}

/** The runtime of a session that names none. A graph that may never end runs in a process of its own, which can be ended. */
export async function runtimeOf(graph: Graph): Promise<Runtime> {
  const runtime = await defaultRuntime()
  if (isSet || !hasLoop(graph)) return runtime
  return (await import('./node-runtime.js')).apart(runtime)
}

/** Whether a graph repeats something as often as its numbers say. */
function hasLoop({ nodes, functions }: Graph): boolean {
  return (
    functions.some(({ node }) => node.some(({ opType }) => opType === 'Loop')) ||
    nodes.some(
      ({ opType, attributes }) =>
        opType === 'Loop' || Object.values(attributes).some(({ kind, value }) => kind === 'graph' && hasLoop(value)),
    )
  )
}
