import { computed, type Facts, quantized as factsOfQuantized } from './facts.js'
import { notDifferentiable, type NotDifferentiable } from './rule.js'

/** An operator without a derivative, for some reason. */
type Refused = Facts & NotDifferentiable

const refused = (reason: string): Refused => ({ ...computed, ...notDifferentiable(reason) })

export const branching = refused('which of its branches is taken is seen with feeds alone')
export const control = refused('control flow (Loop, Scan) decides only as it runs how often its nodes do')
export const rare = refused('no rule is written for this operator')
export const cached = refused('it is part of a text generator, which works with a cache (past, present)')

/** A quantized operator: see `quantized` of facts.ts. */
export function quantized(...facts: Parameters<typeof factsOfQuantized>): Refused {
  const reason = 'it is quantized: its weights are whole numbers, which training cannot move a little'
  return { ...factsOfQuantized(...facts), ...notDifferentiable(reason) }
}
