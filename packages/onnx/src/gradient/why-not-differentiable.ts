import { NotDifferentiableError } from '../errors.js'
import type { Graph } from '../graph/graph.js'
import { sortNodes } from '../graph/sort-nodes.js'
import { isIf, takeBranches } from '../graph/take-branches.js'
import { inOneForm } from './in-one-form.js'
import { pathsBetween } from './paths.js'
import { refusalOf } from '../operators/table.js'

/**
 * Why a graph cannot be trained from some values on: what `differentiate` would complain about on the ways from them to
 * another value, as far as the graph itself tells, without running it. Empty where nothing is in the way. Of `If` one of the branches
 * must be free: which one feeds take is seen with them.
 *
 * A caller asks it for each stage of a network, to know from which one on training is possible.
 * @param from Names of weights, inputs or values inside the graph.
 * @param to Name of the loss, or of what the loss is computed from.
 */
export function whyNotDifferentiable(graph: Graph, from: readonly string[], to: string): NotDifferentiableError[] {
  const sorted = sortNodes(graph)
  const reasons = (isTaken: boolean): NotDifferentiableError[] => {
    const upgraded = inOneForm(takeBranches(sorted, () => isTaken))
    return pathsBetween(upgraded, from, to).nodes.flatMap((node) => {
      const reason = refusalOf(node, upgraded.opsets.get(node.domain) ?? 0)
      return reason === undefined ? [] : [new NotDifferentiableError(node, reason)]
    })
  }
  const first = reasons(true)
  return first.length > 0 && sorted.nodes.some(isIf) ? reasons(false) : first
}
