import type { Pair } from '../contract/input-checks.js'

/** Inputs that hang together by pairs: their numbers, ascending, and the likeness of the most alike two. */
export interface Group {
  readonly members: readonly number[]
  readonly likeness: number
}

/** Joins pairs that share an input (union by the smaller number, with path halving: Tarjan 1975). */
export function groupsOfPairs(pairs: readonly Pair[]): Group[] {
  const parent = new Map<number, number>()
  const rootOf = (one: number): number => {
    let at = one
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
      const above = parent.get(up) ?? up
      parent.set(at, above)
      at = above
    }
    return at
  }
  for (const { a, b } of pairs) {
    const [first, second] = [rootOf(a), rootOf(b)]
    parent.set(Math.max(first, second), Math.min(first, second))
  }
  const groups = new Map<number, { members: Set<number>; likeness: number }>()
  for (const { a, b, likeness } of pairs) {
    const root = rootOf(a)
    const group = groups.get(root) ?? { members: new Set(), likeness: 0 }
    groups.set(root, group)
    group.members.add(a).add(b)
    group.likeness = Math.max(group.likeness, likeness)
  }
  return [...groups.values()].map(({ members, likeness }) => ({
    members: [...members].sort((a, b) => a - b),
    likeness,
  }))
}
