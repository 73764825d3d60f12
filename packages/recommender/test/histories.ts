import { Histories } from '../src/shop/histories.js'

/** Histories from lists of item numbers, at times 0, 1, 2 and so on, or at the times given. */
export function historiesOf(
  lists: readonly (readonly number[])[],
  itemCount: number,
  times?: readonly (readonly number[])[],
): Histories {
  const starts = new Int32Array(lists.length + 1)
  for (const [user, list] of lists.entries()) starts[user + 1] = (starts[user] as number) + list.length
  const when = times ?? lists.map((list) => list.map((_, place) => place))
  return new Histories(
    itemCount,
    starts,
    Int32Array.from(lists.flat()),
    Float64Array.from(when.flat()),
    Int32Array.from(lists.keys()),
  )
}

/** A history of these items. */
export function historyOf(items: readonly number[]) {
  return { items: Int32Array.from(items), times: Float64Array.from(items.keys()) }
}
