import type { Graph } from '../graph/graph.js'
import { isMatrix, type Segment } from './main-path.js'

/** Segments of a network by the blocks that it repeats. */
export interface RepeatedBlocks<T extends Segment> {
  readonly before: readonly T[]
  readonly blocks: readonly (readonly T[])[]
  readonly after: readonly T[]
}

/**
 * Finds the blocks of a network whose names tell nothing: the longest run of segments in which the same operators come
 * again and again. Where the larger part of the matrices is outside it, each segment with a matrix begins a block.
 */
export function repeatedBlocks<T extends Segment>(graph: Graph, segments: readonly T[]): RepeatedBlocks<T> {
  const matrices = segments.map(
    ({ weights }) =>
      weights.filter((name) => {
        const weight = graph.initializers.get(name)
        return weight !== undefined && isMatrix(weight)
      }).length,
  )
  const total = matrices.reduce((sum, count) => sum + count, 0)
  const run = longestRun(segments.map(signature), matrices)
  if (run && run.covered > total / 2) {
    const { start, period, count } = run
    const blocks = Array.from({ length: count }, (_, block) =>
      segments.slice(start + block * period, start + (block + 1) * period),
    )
    return { before: segments.slice(0, start), blocks, after: segments.slice(start + count * period) }
  }
  const blocks: T[][] = []
  const before: T[] = []
  segments.forEach((segment, index) => {
    const current = blocks.at(-1)
    // The first matrix is the embedding's or the stem's.
    if (before.length === 0) before.push(segment)
    else if ((matrices[index] ?? 0) > 0) blocks.push([segment])
    else (current ?? before).push(segment)
  })
  return { before, blocks, after: [] }
}

function signature({ nodes }: Segment): string {
  return nodes.map(({ opType }) => opType).join(' ')
}

interface Run {
  readonly start: number
  readonly period: number
  readonly count: number
  /** Matrices in it. */
  readonly covered: number
}

/** The run that repeats at least once and covers the most matrices; of equal ones that of the shortest period. */
function longestRun(signatures: readonly string[], matrices: readonly number[]): Run | undefined {
  let best: Run | undefined
  for (let period = 1; period <= signatures.length / 2; period++) {
    for (let from = 0; from + period < signatures.length;) {
      let length = 0
      while (
        signatures[from + length] === signatures[from + length + period] &&
        from + length + period < signatures.length
      )
        length++
      const count = Math.floor(length / period) + 1
      // What is over stands at the beginning: blocks end where the run ends.
      const start = from + (length % period)
      const covered = matrices.slice(start, start + count * period).reduce((sum, one) => sum + one, 0)
      if (count > 1 && covered > (best?.covered ?? 0)) best = { start, period, count, covered }
      from += Math.max(length, 1)
    }
  }
  return best
}
