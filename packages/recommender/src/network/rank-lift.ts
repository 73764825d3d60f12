/** Targets that the prior counts as. */
const priorTargets = 60
/** The prior chance of rank r is proportional to 1 / (r + 8). */
const priorOffset = 8

/**
 * How much better than chance a scorer's ranks are in a shop: for each scorer and rank the logarithm of how many more
 * targets are found there than if they lay anywhere, from where the scorer put targets it did not know of.
 */
export interface RankLift {
  readonly itemCount: number
  /** `[scorers, 2 items + 1]`: the lift at rank 0, 1/2, 1, 3/2 and so on (ranks of ties are halves), divided by 3. */
  readonly table: Float32Array
  /** `[scorers, 2]`: NDCG@10, and the share of the targets among the best 100. */
  readonly quality: Float32Array
}

/**
 * Calibrates ranks: a histogram of the targets' ranks in octaves for each scorer, plus 60 targets of a prior that falls as
 * 1 / (r + 8); the logarithm of its density relative to chance, joined by lines between the middles of the octaves.
 * With no target it is the prior.
 * @param ranks Ranks of the targets, [targets, scorers].
 */
export function rankLift(ranks: readonly ArrayLike<number>[], scorers: number, itemCount: number): RankLift {
  const octaves = Math.ceil(Math.log2(itemCount)) + 1
  const steps = 2 * itemCount + 1
  const prior = new Float64Array(octaves)
  const width = new Float64Array(octaves)
  let total = 0
  for (let rank = 1; rank <= itemCount; rank++) {
    const octave = Math.floor(Math.log2(rank))
    const chance = 1 / (rank + priorOffset)
    prior[octave] = (prior[octave] as number) + chance
    width[octave] = (width[octave] as number) + 1
    total += chance
  }
  const table = new Float32Array(scorers * steps)
  const quality = new Float32Array(scorers * 2)
  for (let scorer = 0; scorer < scorers; scorer++) {
    const counts = new Float64Array(octaves)
    let [ndcg, hits] = [0, 0]
    for (const row of ranks) {
      const rank = row[scorer] as number
      const octave = Math.min(Math.floor(Math.log2(Math.max(rank, 1))), octaves - 1)
      counts[octave] = (counts[octave] as number) + 1
      if (rank <= 10) ndcg += 1 / Math.log2(1 + rank)
      if (rank <= 100) hits++
    }
    quality.set([ndcg / Math.max(ranks.length, 1), hits / Math.max(ranks.length, 1)], scorer * 2)
    const points: Point[] = []
    counts.forEach((count, octave) => {
      if (width[octave] === 0) return
      const share = (count + (priorTargets * (prior[octave] as number)) / total) / (ranks.length + priorTargets)
      // The middle of an octave; the first holds rank 1 alone.
      points.push([octave === 0 ? 0 : octave + 0.5, Math.log((share / (width[octave] as number)) * itemCount) / 3])
    })
    for (let step = 0, next = 0; step < steps; step++) {
      const at = Math.log2(Math.max(step / 2, 1))
      while (next < points.length && (points[next] as Point)[0] < at) next++
      table[scorer * steps + step] = between(points[next - 1], points[next], at)
    }
  }
  return { itemCount, table, quality }
}

/** The same for more items: what lies behind the last rank is as likely as that. */
export function longerLift(lift: RankLift, itemCount: number): RankLift {
  const { itemCount: known, table, quality } = lift
  if (itemCount === known) return lift
  const [steps, more] = [2 * known + 1, 2 * itemCount + 1]
  const scorers = table.length / steps
  const longer = new Float32Array(scorers * more)
  for (let scorer = 0; scorer < scorers; scorer++) {
    const row = table.subarray(scorer * steps, (scorer + 1) * steps)
    longer.fill(row.at(-1) ?? 0, scorer * more, (scorer + 1) * more)
    longer.set(row, scorer * more)
  }
  return { itemCount, table: longer, quality }
}

type Point = readonly [at: number, lift: number]

/** The lift of a scorer at a rank, a whole number of halves. */
export function liftAt({ table, itemCount }: RankLift, scorer: number, rank: number): number {
  return table[scorer * (2 * itemCount + 1) + 2 * rank] as number
}

/** On the line between two points, constant where one is missing. */
function between(left: Point | undefined, right: Point | undefined, at: number): number {
  if (!left || !right) return (left ?? right)?.[1] ?? 0
  return left[1] + ((right[1] - left[1]) * (at - left[0])) / (right[0] - left[0])
}
