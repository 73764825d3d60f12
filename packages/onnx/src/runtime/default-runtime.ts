import type { Graph } from '../graph/graph.js'
import type { NodeProto } from '../graph/proto/onnx_pb.js'
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

/**
 * The runtime of a session that names none. A graph that may never end runs in a process of its own, which can be ended; where the
 * environment variable HEADSTART_APART is 1, every graph does.
 * @param how `aside`, `guarded`: see `SessionOptions`.
 */
export async function runtimeOf(
  graph: Graph,
  how: { readonly aside: boolean; readonly guarded: boolean },
): Promise<Runtime> {
  const runtime = await defaultRuntime()
  const isApart = repeats(graph) || globalThis.process?.env['HEADSTART_APART'] === '1'
  if (isSet || !(isApart || how.aside || how.guarded)) return runtime
  const { apart, aside, guarded } = await import('./node-runtime.js')
  if (isApart) return apart(runtime)
  const usual = how.aside ? aside(runtime) : runtime
  return how.guarded ? guarded(usual, runtime, graph) : usual
}

/** Operators that do something as often as numbers say. Of Scan these are a dimension: of an empty tensor it can be any. */
const repeating: ReadonlySet<string> = new Set(['Loop', 'Scan', 'SequenceMap'])

function repeats({ nodes, functions }: Graph): boolean {
  return (
    functions.some(({ node }) => node.some(protoRepeats)) ||
    nodes.some(
      ({ opType, attributes }) =>
        repeating.has(opType) ||
        Object.values(attributes).some(({ kind, value }) => kind === 'graph' && repeats(value)),
    )
  )
}

/** Of a function that is kept as it was read. */
function protoRepeats({ opType, attribute }: NodeProto): boolean {
  return repeating.has(opType) || attribute.some(({ g }) => g?.node.some(protoRepeats))
}
