/** A figure of translations beside references, made of counts that add up over the sentences. */
export interface Metric {
  readonly name: string
  /** How it was computed, as sacreBLEU says it. */
  readonly signature: string
  /** Counts of one sentence. */
  counts(hypothesis: string, reference: string): readonly number[]
  /** From 0 to 100, of counts added up: those of a whole test set, or of one sentence. */
  score(counts: readonly number[]): number
}

/** The counts of several sentences together, each taken so often. Default: once. */
export function addedUp(counts: readonly (readonly number[])[], weights?: ArrayLike<number>): number[] {
  const sums = (counts[0] ?? []).map(() => 0)
  counts.forEach((own, sentence) => {
    const weight = weights?.[sentence] ?? 1
    if (weight > 0) own.forEach((count, place) => (sums[place] = (sums[place] as number) + weight * count))
  })
  return sums
}

/** Figure of a whole test set: counts are added up before they are divided. */
export function scoreOf(metric: Metric, hypotheses: readonly string[], references: readonly string[]): number {
  return metric.score(addedUp(hypotheses.map((one, index) => metric.counts(one, references[index] as string))))
}

/** `[those of the first, those of the second, those that both have]`: n-grams of units, of one length n. */
export function sharedNgrams(
  first: readonly string[],
  second: readonly string[],
  n: number,
): [first: number, second: number, shared: number] {
  const known = ngramsOf(second, n)
  let shared = 0
  for (const [ngram, count] of ngramsOf(first, n)) shared += Math.min(count, known.get(ngram) ?? 0)
  return [Math.max(first.length - n + 1, 0), Math.max(second.length - n + 1, 0), shared]
}

function ngramsOf(units: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let start = 0; start + n <= units.length; start++) {
    const ngram = units.slice(start, start + n).join('\0')
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1)
  }
  return counts
}
