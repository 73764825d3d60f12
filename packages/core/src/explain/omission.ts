/** Which parts an input has. */
type Keep = readonly boolean[]

/** From so many parts on the weightiest are asked about again. */
const fewest = 20
/** Values asked for in all, as a share of the parts. */
const most = 1.4
/**
 * Of the parts that follow so large a share of the weightiest, so large a share is asked about again, without these: of two that say the
 * same each is missed little while the other is there. Where so many would be more than `most`, as many as are left, in proportion.
 */
const again = [
  { gone: 0.03, asked: 0.15 },
  { gone: 0.06, asked: 0.2 },
  { gone: 0.1, asked: 0.3 },
]

/**
 * Weights of parts, `[size]`, by leaving them out in turn: how much lower the value is then; 0 of those that are not left out. Those of a
 * group, such as the places of one word, are left out together and share their weight: each alone is missed little while the others are
 * there. Of many parts, and where it is wanted, some of the weightiest groups are asked about `again` without those before them, and their weights
 * are dealt out anew among them, in the order in which they are missed then.
 * @param groups Numbers of the parts to leave out, of `size`.
 * @param before The value of the whole.
 * @param ask The value, such as log-odds, of each of some inputs.
 */
export async function omission(
  groups: readonly (readonly number[])[],
  size: number,
  before: number,
  ask: (kept: readonly Keep[]) => Promise<Float64Array>,
  options: { readonly again: boolean },
): Promise<Float64Array> {
  const sizeOf = (group: number): number => groups[group]?.length as number
  const without = (gone: readonly number[]): Keep => {
    const parts = new Set(gone.flatMap((group) => groups[group] as readonly number[]))
    return Array.from({ length: size }, (_, part) => !parts.has(part))
  }
  const numbers = [...groups.keys()]
  const alone = await ask(numbers.map((group) => without([group])))
  // Of each part of a group.
  const weights = numbers.map((group) => (before - (alone[group] as number)) / sizeOf(group))
  const parts = numbers.reduce((sum, group) => sum + sizeOf(group), 0)
  if (options.again && parts >= fewest) {
    const wanted = again.reduce((sum, { asked }) => sum + asked * parts, 0)
    const share = Math.min(1, (most * parts - groups.length - again.length) / wanted)
    for (const { gone, asked } of again) {
      const order = numbers.toSorted((a, b) => (weights[b] as number) - (weights[a] as number))
      let [first, left] = [0, Math.ceil(gone * parts)]
      for (; left > 0; first++) left -= sizeOf(order[first] as number)
      const some = order.slice(first, first + Math.floor(share * asked * parts))
      const rest = order.slice(0, first)
      const [whole, ...values] = await ask([without(rest), ...some.map((group) => without([...rest, group]))])
      const dealt = some.map((group) => weights[group] as number)
      const missed = some.map((group, at) => ((whole as number) - (values[at] as number)) / sizeOf(group))
      const ranks = [...some.keys()].sort((a, b) => (missed[b] as number) - (missed[a] as number))
      ranks.forEach((at, place) => (weights[some[at] as number] = dealt[place] as number))
    }
  }
  const all = new Float64Array(size)
  groups.forEach((group, number) => group.forEach((part) => (all[part] = weights[number] as number)))
  return all
}
