import { type Cost, RunCosts } from '../cost/run-costs.js'
import { memoryHere } from '../files/model-size-limit.js'
import { encodeModel } from '../graph/encode.js'
import { type Graph, nestedGraphs } from '../graph/graph.js'
import type { Tensors } from '../graph/tensor.js'
import { apart } from './apart.js'
import { type LoadedGraph, nameOf, type Runtime } from './runtime.js'
import { runtimeAddress } from './runtime-address.js'

/** Multiplications that a run here may take: about a minute of two slow cores, and ten times a large batch of a large network. */
const mostWork = 4e12
/** Seconds that a run which takes more may take, apart. */
const mostSeconds = 600
/** Nodes that a runtime makes ready in a moment. */
const mostNodes = 50_000
/** Shapes of inputs that are remembered. */
const mostShapes = 1000

/**
 * A runtime for a graph that somebody else made: what takes a bounded time, and not much memory, by the shapes of its inputs runs here.
 * What takes more, and what shapes do not tell, runs in a process of its own, which can be ended (see `apart`). In a bundle, and in Bun,
 * Deno and Electron, all runs here.
 * @param runtime Which runs things here.
 * @param plain Which does in a process of its own.
 */
export function guarded(runtime: Runtime, plain: Runtime, graph: Graph): Runtime {
  if (runtimeAddress() === undefined) return runtime
  return {
    ...runtime,
    async load(model, options) {
      if (options.devices.some((device) => nameOf(device) !== 'cpu')) return runtime.load(model, options)
      // A runtime computes what does not depend on inputs when it loads a graph.
      const costs = nodesIn(graph) <= mostNodes ? RunCosts.of(graph) : undefined
      if (!costs || !isLittle(costs.constant)) return apart(plain).load(model, options)
      const here = await runtime.load(model, options)
      let there: Promise<LoadedGraph> | undefined
      const shapes = new Map<string, boolean>()
      const runsHere = (feeds: Tensors): boolean => {
        const key = Object.entries(feeds)
          .map(([name, { dims }]) => `${name} ${dims.join()}`)
          .join(';')
        const before = shapes.get(key)
        if (before !== undefined) return before
        const dims = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feed.dims]))
        const isHere = isLittle(costs.ofRun(dims))
        if (shapes.size >= mostShapes) shapes.clear()
        shapes.set(key, isHere)
        return isHere
      }
      return {
        outputs: here.outputs,
        async run(feeds, names, signal) {
          if (runsHere(feeds)) return here.run(feeds, names, signal)
          there ??= apart(plain, mostSeconds).load(encodeModel(graph), options)
          there.catch(() => (there = undefined))
          return (await there).run(feeds, names, signal)
        },
        async release() {
          await Promise.all([here.release(), there?.then((graphThere) => graphThere.release())])
        },
      }
    },
  }
}

/** With those of its branches. */
function nodesIn({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + nestedGraphs(node).reduce((inner, graph) => inner + nodesIn(graph), 1), 0)
}

function isLittle(cost: Cost | undefined): boolean {
  return cost !== undefined && cost.work <= mostWork && cost.bytes <= memoryHere() / 4
}
