import type { Node } from '../graph/graph.js'
import type { Paths } from './paths.js'
import { Step } from '../operators/rule.js'
import { entryOf } from '../operators/table.js'
import type { TensorOps, TypedValue } from '../operators/tensor-ops.js'

/** What the backward pass asks of the forward pass, and gives. */
export interface BackwardPass {
  /** Gradient of the loss by each value on the way, where there is one. */
  readonly gradients: ReadonlyMap<string, TypedValue>
  /** Optional outputs that nodes must write: node -> output index -> name. */
  readonly addedOutputs: ReadonlyMap<Node, ReadonlyMap<number, string>>
}

/** Writes the backward pass: visits the nodes on the way to the loss, last first. */
export function writeBackward({ nodes, values }: Paths, loss: string, opset: number, ops: TensorOps): BackwardPass {
  const known = (name: string) => ops.values.get(name)
  const parts = new Map<string, TypedValue[]>()
  const gradients = new Map<string, TypedValue>()
  const addedOutputs = new Map<Node, Map<number, string>>()

  const arrive = (name: string, gradient: TypedValue): void => {
    const others = parts.get(name)
    if (others) others.push(gradient)
    else parts.set(name, [gradient])
  }
  const total = (name: string): TypedValue | undefined => {
    const arrived = parts.get(name)
    const sum = gradients.get(name) ?? (arrived && ops.sum(arrived))
    if (sum) gradients.set(name, sum)
    return sum
  }

  const value = known(loss)
  if (value) arrive(loss, ops.full(1, value))
  for (const node of nodes.toReversed()) {
    ops.scope = `gradient/${node.name || node.outputs[0]}/`
    const outputs = node.outputs.map(total)
    const entry = entryOf(node)
    if (outputs.every((gradient) => gradient === undefined)) continue
    const addOutput = (index: number): string => {
      const added = addedOutputs.get(node) ?? new Map<number, string>()
      addedOutputs.set(node, added)
      const name = added.get(index) ?? ops.unusedName(`${node.outputs[0]}:${index}`)
      added.set(index, name)
      return name
    }
    const step: Step = new Step(node, opset, ops, node.inputs.map(known), node.outputs.map(known), outputs, addOutput)
    // What is left of a composition writes only outputs without a derivative.
    if (entry?.kind !== 'rule') step.refuse('the loss depends on an output by which there is no derivative here')
    const rules = entry.backward(step)
    for (const [index, name] of node.inputs.entries()) {
      const write = rules[index]
      if (!values.has(name) || write === undefined) continue
      arrive(name, typeof write === 'function' ? write() : step.refuse(write.reason))
    }
  }
  for (const name of parts.keys()) total(name)
  return { gradients, addedOutputs }
}
