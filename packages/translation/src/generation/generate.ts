import type { SpecialTokens } from '../contract.js'
import { type BeamLimits, beamSearch, type Demands } from './beam-search.js'
import { Decoding } from './decoding.js'
import { greedy } from './greedy.js'
import type { Sessions } from './sessions.js'

/** How targets are generated. */
export interface GenerateOptions extends Omit<BeamLimits, 'special'> {
  /** Sources that are decoded at once, at most. */
  readonly batchSize: number
  readonly signal?: AbortSignal | undefined
  /** Called with the number of sources that are done. */
  readonly onDone?: ((done: number) => void) | undefined
}

/** The tokens of a source, and what its target must have. */
export interface Source {
  readonly ids: readonly number[]
  readonly demands?: Demands | undefined
}

/**
 * Targets of sources, in their order: ids without start and end. Sources of like length are decoded together; with several beams, and
 * where there are demands, by beam search, else greedily.
 */
export async function generate(
  sessions: Sessions,
  special: SpecialTokens,
  sources: readonly Source[],
  { batchSize, signal, onDone, ...limits }: GenerateOptions,
): Promise<number[][]> {
  const targets: number[][] = []
  const order = [...sources.keys()].sort((a, b) => lengthOf(sources, a) - lengthOf(sources, b))
  for (let start = 0; start < order.length; start += batchSize) {
    signal?.throwIfAborted()
    const batch = order.slice(start, start + batchSize)
    const all = batch.map((place) => sources[place] as Source)
    const decoding = await Decoding.start(
      sessions,
      all.map(({ ids }) => ids),
      special.sourcePad,
      signal,
    )
    const demands = all.map((source) => source.demands)
    const isGreedy = limits.beams === 1 && demands.every((demand) => demand === undefined)
    const found = isGreedy
      ? await greedy(decoding, batch.length, { ...limits, special }, signal)
      : await beamSearch(decoding, demands, { ...limits, special }, signal)
    batch.forEach((place, row) => (targets[place] = found[row] as number[]))
    onDone?.(Math.min(start + batchSize, order.length))
  }
  return targets
}

function lengthOf(sources: readonly Source[], place: number): number {
  return sources[place]?.ids.length ?? 0
}
