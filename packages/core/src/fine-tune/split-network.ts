import { type Graph, type Node, type WeightRole } from '@headstart/onnx'
import { cut, valuesRead, weightRoles, isTrainable } from '@headstart/onnx/kit'
import type { Network } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'

/** A network in two: what stays frozen and what is tuned. */
export interface SplitNetwork {
  /** From the network's inputs to the cut; undefined where nothing is frozen. */
  readonly frozen: Graph | undefined
  /** From the cut, and those inputs of the network that it needs besides (an attention mask, say), to the features. */
  readonly tuned: Graph
  /** Name of the value at the cut; undefined where nothing is frozen. */
  readonly cut: string | undefined
  /** The unfrozen stages, the last one first. */
  readonly stages: readonly UnfrozenStage[]
}

/** A stage of which the weights are tuned. */
export interface UnfrozenStage {
  readonly name: string
  /** Its trainable weights by name. A weight that an earlier stage uses as well belongs to that one. */
  readonly weights: ReadonlyMap<string, WeightRole>
}

/**
 * Cuts a network before its last `unfreeze` stages.
 * @throws OptionError for more stages than there are, and where the unfrozen ones have no weights that can be trained.
 */
export function splitNetwork({ graph, stages }: Network, unfreeze: number | 'all'): SplitNetwork {
  const count = unfreeze === 'all' ? stages.length : unfreeze
  const names = stages.map(({ name }) => `"${name}"`).join(', ')
  if (!(Number.isInteger(count) && count >= 1 && count <= stages.length)) {
    const expected = `a whole number from 1 to ${stages.length} or "all": the network has the stages ${names}`
    throw new OptionError('option "unfreeze"', expected, String(unfreeze), 'Leave it out to train a head alone.')
  }
  const unfrozen = weightsByStage({ graph, stages }).slice(-count).reverse()
  if (unfrozen.every(({ weights }) => weights.size === 0)) {
    throw new OptionError(
      'option "unfreeze"',
      'stages with float32 weights to tune',
      `none in ${unfrozen.map(({ name }) => `"${name}"`).join(', ')} of the stages ${names}`,
      'Unfreeze more stages, or take a network in float32 (transformersBackbone makes it one with the option forTuning).',
    )
  }
  const last = stages[stages.length - count - 1]
  if (!last) return { frozen: undefined, tuned: graph, cut: undefined, stages: unfrozen }
  const { prefix, suffix } = cut(graph, [last.output])
  return { frozen: prefix, tuned: suffix, cut: last.output, stages: unfrozen }
}

/** The trainable weights of each stage, in the stages' order. */
function weightsByStage({ graph, stages }: Network): UnfrozenStage[] {
  const producers = graph.producers()
  const roles = weightRoles(graph)
  const reached = new Set<Node>()
  const owned = new Set<string>()
  return stages.map(({ name, output }) => {
    const weights = new Map<string, WeightRole>()
    const open = [output]
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const role = roles.get(value)
      if (role && !owned.has(value) && isTrainable(role)) weights.set(value, role)
      const node = producers.get(value)
      if (!node || reached.has(node)) continue
      reached.add(node)
      open.push(...valuesRead(node))
    }
    for (const weight of weights.keys()) owned.add(weight)
    // In the graph's order, whichever way it was walked.
    return { name, weights: new Map([...roles].filter(([weight]) => weights.has(weight))) }
  })
}
