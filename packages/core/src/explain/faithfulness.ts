import type { Faithfulness, Measures } from '../contract/explanation.js'
import { random } from '../kit/random.js'

/** Shares of the parts that are taken out, as in ERASER. */
const shares = [0.01, 0.05, 0.1, 0.2, 0.5]
/** Steps in which a picture is taken apart, and put together. */
const steps = 10
/** Random orders whose mean is the twin. */
const twins = 3

/** What is asked of a model: the inputs with some parts alone. */
type Keep = readonly boolean[]

/**
 * How well an order of parts tells what an answer hangs on, beside random ones; see `Faithfulness`.
 * @param order Numbers of the parts, the weightiest first.
 * @param size Number of all parts; what is not in the order is never there.
 * @param ask The answer's value, such as its probability, for each of some inputs.
 */
export async function faithfulnessOf(
  order: readonly number[],
  size: number,
  whole: number,
  family: 'shares' | 'areas',
  seed: number,
  ask: (kept: readonly Keep[]) => Promise<Float64Array>,
): Promise<Faithfulness> {
  const { shuffle } = random(seed)
  const orders = [order, ...Array.from({ length: twins }, () => shuffle(order))]
  const counts =
    family === 'shares'
      ? shares.map((share) => Math.ceil(share * order.length))
      : Array.from({ length: steps + 1 }, (_, step) => Math.round((step * order.length) / steps))
  const keeps = orders.flatMap((one) =>
    counts.flatMap((count) => {
      const first = new Set(one.slice(0, count))
      const rest = new Set(one.slice(count))
      return [rest, first].map((some) => Array.from({ length: size }, (_, part) => some.has(part)))
    }),
  )
  const values = await ask(keeps)
  const measures = orders.map((_, place): [without: number, alone: number] => {
    const own = values.subarray(place * 2 * counts.length, (place + 1) * 2 * counts.length)
    const meanOf = (of: 0 | 1): number =>
      counts.reduce((sum, __, at) => sum + (own[2 * at + of] as number), 0) / counts.length
    return [meanOf(0), meanOf(1)]
  })
  const said = ([without, alone]: readonly [number, number]): Measures =>
    family === 'shares'
      ? { comprehensiveness: whole - without, sufficiency: whole - alone }
      : { deletion: without, insertion: alone }
  const mean = (at: 0 | 1): number => measures.slice(1).reduce((sum, one) => sum + one[at], 0) / twins
  return { ...said(measures[0] as [number, number]), random: said([mean(0), mean(1)]) } as Faithfulness
}
