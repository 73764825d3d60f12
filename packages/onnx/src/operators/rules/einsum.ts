import { textOf } from '../../graph/attributes.js'
import { computed } from '../facts.js'
import { rule, type Step } from '../rule.js'
import { range } from '../shapes.js'
import type { TypedValue } from '../tensor-ops.js'

/**
 * Y = Σ A B ... over the indices that Y does not have: dA is the same contraction with dY in A's place, over the indices
 * that A does not have. An index that only A has was summed over: there the gradient repeats.
 */
export const Einsum = rule(
  computed,
  (step) => {
    const { ops, inputs, dy } = step
    const { operands, result } = terms(step)
    const sizes = new Map<string, number>()
    for (const [index, term] of operands.entries()) {
      for (const [axis, letter] of [...term].entries()) {
        sizes.set(letter, Math.max(sizes.get(letter) ?? 1, step.input(index).dims[axis] as number))
      }
    }
    return inputs.map((_, index) => () => {
      const own = operands[index] as string
      const x = step.input(index)
      const others = operands.filter((__, other) => other !== index)
      const factors = [
        dy,
        ...range(0, inputs.length)
          .filter((other) => other !== index)
          .map(step.input),
      ]
      const known = [...own].filter((letter) => result.includes(letter) || others.some((term) => term.includes(letter)))
      const dims = known.map((letter) => sizes.get(letter) as number)
      const equation = `${[result, ...others].join(',')}->${known.join('')}`
      const partial: TypedValue = ops.op('Einsum', factors, { type: dy.type, dims }, { equation })
      const kept = ops.reshape(
        partial,
        [...own].map((letter) => (known.includes(letter) ? (sizes.get(letter) as number) : 1)),
      )
      // An axis of size 1 under an ellipsis was broadcast.
      const narrow = x.dims.map((dim, axis) => Math.min(dim, kept.dims[axis] as number))
      return ops.expand(ops.sumTo(kept, narrow), x.dims)
    })
  },
  (node) => {
    const operands = textOf(node, 'equation', '').split('->')[0]?.split(',') ?? []
    const diagonal = operands.some((term) => new Set(term.replace(/[ .]/g, '')).size < term.replace(/[ .]/g, '').length)
    return diagonal ? 'an operand with the same index twice (a diagonal) is not covered' : undefined
  },
)

/** The equation's terms with one letter for each axis: an ellipsis is written out, a missing result worked out. */
function terms(step: Step): { operands: readonly string[]; result: string } {
  const [left = '', right] = textOf(step.node, 'equation', '').replaceAll(' ', '').split('->')
  const spare = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !left.includes(letter))
  const extra = (term: string, rank: number): string => {
    const count = rank - (term.length - 3)
    // Aligned at the last axis, as shapes that broadcast are.
    return term.replace('...', spare.slice(spare.length - count).join(''))
  }
  const operands = left.split(',').map((term, index) => {
    return term.includes('...') ? extra(term, step.input(index).dims.length) : term
  })
  if (right !== undefined) {
    return { operands, result: right.includes('...') ? extra(right, step.output.dims.length) : right }
  }
  const letters = [...operands.join('')]
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort()
  return { operands, result: once.join('') }
}
