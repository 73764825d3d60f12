import { type Limits, onlyAllowed } from './allowed.js'
import type { Decoding } from './decoding.js'
import { Phrases } from './phrases.js'
import { logSum, topTokens } from './top-tokens.js'

/** What a beam search is told beside the limits. */
export interface BeamLimits extends Limits {
  /** Hypotheses of one source that are followed at once. */
  readonly beams: number
  /** Scores are divided by length to the power of this (Wu et al., "Google's Neural Machine Translation System", 2016, without its constant). */
  readonly lengthPenalty: number
}

/** What the target of a source must have, and how long it may be. */
export interface Demands {
  /** Phrases that must be in the target, each once. */
  readonly phrases: readonly (readonly number[])[]
  /** Most tokens of the target, the end counted. */
  readonly maxLength: number
}

/** A target under way. */
interface Hypothesis {
  readonly ids: readonly number[]
  /** Sum of log-probabilities. */
  readonly score: number
  readonly phrases: Phrases
  /** Its row in the decoding. */
  readonly row: number
}

/**
 * The best of several hypotheses for each source. Those with demands are followed in banks, by how many tokens of them are
 * there, so that they are not all lost to likelier ones (Post and Vilar, "Fast Lexically Constrained Decoding with Dynamic
 * Beam Allocation", 2018); none ends before all are there.
 * @param demands A place for each source of the decoding; undefined: it has none.
 * @returns Ids of the targets, without their start and end.
 */
export async function beamSearch(
  decoding: Decoding,
  demands: readonly (Demands | undefined)[],
  limits: BeamLimits,
  signal?: AbortSignal,
): Promise<number[][]> {
  const searches = demands.map((demand, row) => new Search(row, limits, demand))
  let running = searches
  while (running.length > 0) {
    signal?.throwIfAborted()
    const hypotheses = running.flatMap((search) => search.hypotheses)
    const { values, vocabulary } = await decoding.step(
      hypotheses.map(({ ids }) => ids.at(-1) ?? limits.special.decoderStart),
    )
    for (const search of running) {
      search.advance((row) => values.subarray(row * vocabulary, (row + 1) * vocabulary))
    }
    running = running.filter((search) => !search.isDone)
    const rows = running.flatMap((search) => search.hypotheses.map(({ row }) => row))
    if (rows.length > 0) decoding.keep(rows)
    let row = 0
    for (const search of running) row = search.renumber(row)
  }
  return searches.map((search) => search.best())
}

/** The hypotheses of one source. */
class Search {
  hypotheses: readonly Hypothesis[]
  readonly #limits: BeamLimits
  readonly #beams: number
  /** Those that ended, best first. */
  #ended: { readonly ids: readonly number[]; readonly score: number; readonly isMet: boolean }[] = []

  constructor(row: number, limits: BeamLimits, demands: Demands | undefined) {
    const phrases = new Phrases(demands?.phrases ?? [])
    this.#limits = { ...limits, maxLength: demands?.maxLength ?? limits.maxLength }
    // A hypothesis for each number of tokens of phrases.
    this.#beams = Math.max(limits.beams, Math.min(phrases.total + 1, mostBanks))
    this.hypotheses = [{ ids: [], score: 0, phrases, row }]
  }

  get isDone(): boolean {
    const [best] = this.hypotheses
    const worst = this.#ended[this.#limits.beams - 1]
    if (!best) return true
    // Of those that must have phrases the likeliest have not.
    return worst !== undefined && (best.phrases.total > 0 || worst.score >= this.#scored(best.score, best.ids.length))
  }

  advance(scoresOf: (row: number) => Float32Array): void {
    const { eos } = this.#limits.special
    const found = this.hypotheses.flatMap((one) => this.#continued(one, scoresOf(one.row)))
    found.sort((a, b) => b.score - a.score)
    // What ends counts where it is among the best of those that may, as in the search of Hugging Face's generation; without its
    // phrases only where there is no more room for them.
    const met = found.filter(({ phrases }) => phrases.isMet)
    const mayEnd = met.length > 0 ? met : found
    for (const { ids, score, phrases } of mayEnd.slice(0, this.#limits.beams)) {
      if (ids.at(-1) !== eos) continue
      this.#ended.push({ ids: ids.slice(0, -1), score: this.#scored(score, ids.length), isMet: phrases.isMet })
    }
    this.#ended.sort((a, b) => Number(b.isMet) - Number(a.isMet) || b.score - a.score)
    this.#ended = this.#ended.slice(0, this.#limits.beams)
    this.hypotheses = this.#chosen(found.filter(({ ids }) => ids.at(-1) !== eos))
  }

  /** A hypothesis with each token that is likeliest to follow, and with those of phrases. */
  #continued({ ids, score, phrases, row }: Hypothesis, scores: Float32Array): Hypothesis[] {
    onlyAllowed(scores, ids, this.#limits)
    const total = logSum(scores)
    const isLast = ids.length + 1 >= this.#limits.maxLength
    const wanted = isLast ? [] : phrases.next()
    const further = wanted.map((id) => ({ id, logProbability: (scores[id] as number) - total }))
    if (!phrases.isMet && !isLast) for (const id of [this.#limits.special.eos, ...wanted]) scores[id] = -Infinity
    const others = topTokens(scores, 2 * this.#beams, total)
    return [...further, ...others].flatMap(({ id, logProbability }) =>
      logProbability === -Infinity
        ? []
        : [{ ids: [...ids, id], score: score + logProbability, phrases: phrases.after(id), row }],
    )
  }

  /** Gives its hypotheses the rows from that one on. */
  renumber(first: number): number {
    this.hypotheses = this.hypotheses.map((one, place) => ({ ...one, row: first + place }))
    return first + this.hypotheses.length
  }

  best(): number[] {
    return [...(this.#ended[0]?.ids ?? [])]
  }

  /** The best of each bank, then the best of the others; best first. */
  #chosen(sorted: readonly Hypothesis[]): Hypothesis[] {
    const banks = new Map<number, Hypothesis>()
    for (const one of sorted) if (one.phrases.total > 0 && !banks.has(one.phrases.met)) banks.set(one.phrases.met, one)
    const first = [...banks.entries()].sort(([a], [b]) => b - a).slice(0, this.#beams)
    const chosen = new Set(first.map(([, one]) => one))
    for (const one of sorted) if (chosen.size < this.#beams) chosen.add(one)
    return [...chosen].sort((a, b) => b.score - a.score)
  }

  #scored(score: number, length: number): number {
    return score / Math.max(1, length) ** this.#limits.lengthPenalty
  }
}

/** Hypotheses that are followed for the sake of phrases, at most. */
const mostBanks = 16
