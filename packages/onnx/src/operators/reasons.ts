import { notDifferentiable } from './rule.js'

export const control = notDifferentiable('control flow (If, Loop, Scan) decides only as it runs which nodes there are')
export const quantized = notDifferentiable(
  'it is quantized: its weights are whole numbers, which training cannot move a little',
)
export const recurrent = notDifferentiable('recurrent layers are not covered')
export const rare = notDifferentiable('no rule is written for this operator')
export const cached = notDifferentiable('it is part of a text generator, which works with a cache (past, present)')
