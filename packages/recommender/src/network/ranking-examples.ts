import { random } from '@headstart/core/kit'
import { float32, type Tensors } from '@headstart/onnx'
import { inputs, qualitySize, trainingInputs } from './behavior-network.js'
import { qualityOf } from './calibrated-features.js'
import type { ItemFeaturesOptions } from './fit-item-features.js'
import { allRanks, contextSize, deviationAt } from './item-features.js'
import { ItemFeaturesInTime, type ExamplesPart } from './item-features-in-time.js'
import type { Histories } from '../shop/histories.js'
import { liftAt } from './rank-lift.js'
import type { SparseRows } from '../math/sparse-rows.js'
import type { Case } from '../shop/split-histories.js'
import { largest } from '../math/top-k.js'

/** Candidates that a target has to stand out from, without the target where it is none of them. */
const candidateCount = 400
/** Score of what stands in no example: nothing is left of it after a softmax. */
const absent = -1e9

/** What a network over features learns from: for each case the features about its target and the best candidates. */
export interface RankingExamples {
  /** Of the shop; examples of one family are about the same people and things. */
  readonly name: string
  readonly length: number
  readonly scorers: readonly string[]
  /** Candidates of each example, and a last column for a target that is none of them. */
  readonly columns: number
  /** `[examples]`: number of the user in the interactions. */
  readonly users: Int32Array
  /** `[examples]`: column of the target. */
  readonly targets: Int32Array
  /** `[examples, scorers, columns]` */
  readonly lifts: Float32Array
  /** `[examples, scorers, columns]` */
  readonly deviations: Float32Array
  /** `[examples, columns]`: 0, or -1e9 where a column holds nothing. */
  readonly penalties: Float32Array
  /** `[examples, scorers, 6]` */
  readonly quality: Float32Array
  /** `[examples, 6]` */
  readonly contexts: Float32Array
}

/** Options of `rankingExamples`. */
export interface RankingExamplesOptions extends ItemFeaturesOptions {
  readonly name?: string | undefined
  /**
   * Which interaction of each user is the target, from the end: 1 is the last. ItemFeatures about a target comes from what
   * was before it, and its calibration from what was before that. Default: 1 and 2.
   */
  readonly backs?: readonly number[] | undefined
  /** Only this many users, drawn by the seed, are known to the scorers; the others are new to them. Default: all. */
  readonly knownUsers?: number | undefined
  /** Examples for each of `backs`, drawn by the seed. Default: 1000. */
  readonly limit?: number | undefined
  /** Default: 0. */
  readonly seed?: number | undefined
}

/**
 * Examples from a shop's own histories, one set for each of `backs`. No statistic knows its target, nor what came after it
 * for any user. There is no sequence model among the scorers unless it is asked for: what a network is pre-trained on are shops of
 * all sizes, with the same scorers.
 */
export async function rankingExamples(
  histories: Histories,
  texts: SparseRows,
  { name, backs, knownUsers, limit, seed = 0, sequence = false, ...options }: RankingExamplesOptions = {},
): Promise<RankingExamples[]> {
  const { shuffle } = random(seed)
  const known = knownUsers === undefined ? undefined : new Set(shuffle([...histories.users]).slice(0, knownUsers))
  return examplesInTime(new ItemFeaturesInTime(histories, texts, { ...options, sequence }, known), {
    name,
    backs,
    limit,
    seed,
  })
}

/** The same from features in time, which can go on to what is yet to come. */
export async function examplesInTime(
  past: ItemFeaturesInTime,
  { name = 'shop', backs = [1, 2], limit = 1000, seed = 0 }: RankingExamplesOptions = {},
): Promise<RankingExamples[]> {
  const sets: RankingExamples[] = []
  for (const back of backs.toSorted((a, b) => b - a)) {
    const features = await past.before(back)
    sets.push(await examplesOf(name, [{ features, cases: drawn(past, back, limit, seed) }]))
  }
  return sets
}

/**
 * Examples of a shop's last interactions to tune a network by: their calibration is by the last interactions of other users, so
 * that they are what the network will be asked, in kind and in calibration.
 */
export async function latestExamples(
  past: ItemFeaturesInTime,
  { name = 'shop', limit = 1500, seed = 0 }: Pick<RankingExamplesOptions, 'name' | 'limit' | 'seed'> = {},
): Promise<RankingExamples | undefined> {
  const cases = drawn(past, 1, limit, seed)
  return cases.length === 0 ? undefined : examplesOf(name, await past.apart(1, cases))
}

function drawn(past: ItemFeaturesInTime, back: number, limit: number, seed: number): Case[] {
  return random(seed + back)
    .shuffle(past.cases(back))
    .slice(0, limit)
}

/** Examples of cases that the features of their part does not know of; all parts are of one shop and time. */
async function examplesOf(name: string, parts: readonly ExamplesPart[]): Promise<RankingExamples> {
  const all = parts.flatMap(({ cases, features }) => cases.map((one) => ({ ...one, calibrated: features })))
  const names = parts[0]?.features.features.names ?? []
  const [scorers, columns, length] = [names.length, candidateCount + 1, all.length]
  const examples = {
    name,
    length,
    scorers: names,
    columns,
    users: Int32Array.from(all, ({ user }) => user),
    targets: new Int32Array(length),
    lifts: new Float32Array(length * scorers * columns),
    deviations: new Float32Array(length * scorers * columns),
    penalties: new Float32Array(length * columns).fill(absent),
    quality: new Float32Array(length * scorers * qualitySize),
    contexts: new Float32Array(length * contextSize),
  }
  for (const [
    index,
    {
      history,
      target,
      calibrated: { features, lift },
    },
  ] of all.entries()) {
    const found = await features.of(history)
    const ranks = allRanks(found)
    const candidates = candidatesOf(ranks, found.taken, scorers)
    const place = candidates.indexOf(target)
    examples.targets[index] = place === -1 ? columns - 1 : place
    const shown = place === -1 ? [...candidates, target] : candidates
    const highest = new Float32Array(scorers).fill(-Infinity)
    shown.forEach((item, nth) => {
      const column = nth < candidates.length ? nth : columns - 1
      examples.penalties[index * columns + column] = 0
      for (let scorer = 0; scorer < scorers; scorer++) {
        const [from, to] = [scorer * features.itemCount + item, (index * scorers + scorer) * columns + column]
        const value = liftAt(lift, scorer, ranks[from] as number)
        examples.lifts[to] = value
        examples.deviations[to] = deviationAt(found, scorer, item)
        if (nth < candidates.length && value > (highest[scorer] as number)) highest[scorer] = value
      }
    })
    examples.quality.set(qualityOf(lift, highest), index * scorers * qualitySize)
    examples.contexts.set(features.context(history), index * contextSize)
  }
  return examples
}

/** The items that any scorer ranks highest, the mean of their ranks deciding between equals. */
function candidatesOf(ranks: Float32Array, taken: Uint8Array, scorers: number): number[] {
  const items = taken.length
  const keys = new Float64Array(items)
  for (let item = 0; item < items; item++) {
    let [best, sum] = [Infinity, 0]
    for (let scorer = 0; scorer < scorers; scorer++) {
      const rank = ranks[scorer * items + item] as number
      best = Math.min(best, rank)
      sum += rank
    }
    keys[item] = taken[item] === 1 ? -Infinity : -best - (1e-3 * sum) / scorers / items
  }
  return largest(keys, candidateCount)
}

/** How scorers are left out in a training step. */
export interface BatchOptions {
  /** `[scorers]`: 0 for scorers whose features is left out. Default: none. */
  readonly kept?: Float32Array | undefined
  /** `[scorers]`: what the embeddings are multiplied by. Default: 1. */
  readonly embeddings?: Float32Array | undefined
}

/** Input tensors of the network in training for some examples. */
export function batchOf(
  examples: RankingExamples,
  places: ArrayLike<number>,
  { kept, embeddings }: BatchOptions = {},
): Tensors {
  const [scorers, columns, count] = [examples.scorers.length, examples.columns, places.length]
  const pick = (from: Float32Array, size: number): Float32Array => {
    const picked = new Float32Array(count * size)
    for (let row = 0; row < count; row++)
      picked.set(from.subarray((places[row] as number) * size, ((places[row] as number) + 1) * size), row * size)
    return picked
  }
  const features = (from: Float32Array): Float32Array => {
    const picked = pick(from, scorers * columns)
    kept?.forEach((keep, scorer) => {
      if (keep === 1) return
      for (let row = 0; row < count; row++)
        picked.fill(0, (row * scorers + scorer) * columns, (row * scorers + scorer + 1) * columns)
    })
    return picked
  }
  return {
    [inputs.lifts]: float32([count, scorers, columns], features(examples.lifts)),
    [inputs.deviations]: float32([count, scorers, columns], features(examples.deviations)),
    [inputs.quality]: float32([count, scorers, qualitySize], pick(examples.quality, scorers * qualitySize)),
    [inputs.context]: float32([count, contextSize], pick(examples.contexts, contextSize)),
    [trainingInputs.penalties]: float32([count, columns], pick(examples.penalties, columns)),
    [trainingInputs.embeddings]: float32([scorers, 1], embeddings ?? new Float32Array(scorers).fill(1)),
  }
}
