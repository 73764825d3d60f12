import type { Graph } from '../graph/graph.js'
import { extract } from '../graph/subgraph.js'
import { isIf, takeBranches } from '../graph/take-branches.js'
import { type Tensor, tensorOf, type Tensors } from '../graph/tensor.js'
import type { Runtime } from '../runtime/runtime.js'
import { Session } from '../runtime/session.js'
import { pathsBetween } from './paths.js'

/** A graph with branches taken, and by the names of their conditions, where these are no constants, whether they hold. */
export interface TakenBranches {
  readonly graph: Graph
  readonly taken: ReadonlyMap<string, boolean>
}

/**
 * The same graph with the branches that feeds take in place of each `If` on the ways from the parameters to the loss. What decides is
 * computed, as far as it is neither put in nor a weight.
 */
export async function branchesOnTheWay(
  graph: Graph,
  parameters: readonly string[],
  loss: string,
  feeds: Tensors,
  runtime: Runtime | undefined,
): Promise<TakenBranches> {
  const taken = new Map<string, boolean>()
  const isFixed = (name: string): boolean => graph.initializers.has(name)
  let current = graph
  for (;;) {
    const choices = pathsBetween(current, parameters, loss).nodes.filter(isIf)
    const conditions = [...new Set(choices.map(({ inputs }) => inputs[0] ?? ''))]
    if (conditions.length === 0)
      return { graph: current, taken: new Map([...taken].filter(([name]) => !isFixed(name))) }
    for (const [name, holds] of await truthOf(current, conditions, feeds, runtime)) taken.set(name, holds)
    current = takeBranches(current, (condition) => taken.get(condition))
  }
}

async function truthOf(
  graph: Graph,
  conditions: readonly string[],
  feeds: Tensors,
  runtime: Runtime | undefined,
): Promise<[string, boolean][]> {
  const known = (name: string): Tensor | undefined => tensorOf(feeds, name) ?? graph.initializers.get(name)
  const open = conditions.filter((name) => !known(name))
  let results: Tensors = {}
  if (open.length > 0) {
    const part = extract(graph, [], open)
    const session = await Session.create(part, { optimization: 'disabled', ...(runtime && { runtime }) })
    const given = Object.fromEntries(part.inputs.map(({ name }) => [name, feeds[name] as Tensor]))
    results = await session.run(given).finally(() => session.close())
  }
  return conditions.map((name) => [name, Number((known(name) ?? tensorOf(results, name))?.data[0]) !== 0])
}
