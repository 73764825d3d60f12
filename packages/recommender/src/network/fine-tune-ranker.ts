import { type Network, type RunOptions } from '@headstart/core'
import { counted, divergedNotice, type LoopOutcome, OptionError, random, runLoop } from '@headstart/core/kit'
import { warmUpCosine } from '@headstart/onnx/kit'
import { stageWeights } from './behavior-network.js'
import { ndcgAt, RankerTrainer } from './ranker-trainer.js'
import type { RankingExamples } from './ranking-examples.js'

/** Options of `fineTuneRanker`. */
export interface FineTuneRankerOptions extends RunOptions {
  /** What is trained: the head, or all of the network. Default: all. */
  readonly unfreeze?: 'head' | 'all' | undefined
  /** Default: 3. */
  readonly folds?: number | undefined
  /** Epochs at most; validation chooses how many, and may choose none. Default: 8. */
  readonly epochs?: number | undefined
  /** Default: 0.008. */
  readonly learningRate?: number | undefined
  /** How little targets count that are far down: see `RankerTrainerOptions`. Default: 0.5. */
  readonly generalization?: number | undefined
  /** Pull of the weights towards 0. Default: 0.01. */
  readonly weightDecay?: number | undefined
  /** Default: 32. */
  readonly batchSize?: number | undefined
  /** Default: 0. */
  readonly seed?: number | undefined
}

/** A tuned network, and how it was chosen. */
export interface TunedRanker {
  readonly network: Network
  /** Epochs that validation chose; 0: the network is the frozen one. */
  readonly epochs: number
  /** NDCG@10 of users that were held out, after each number of epochs from 0 on. */
  readonly validation: readonly number[]
}

/**
 * Tunes a pre-trained network on a shop's own examples. Users are held out fold by fold, all of their examples together;
 * how many epochs help them is how many the tuning on all users takes. Where they gain no more than one standard error
 * of the gain, the network stays as it is: it is never worse than frozen by validation, and not tuned by chance. So it does,
 * after a notice, where a tuning diverges or users are too few to hold any out.
 * @param examples Sets from newest to oldest or the other way; the held-out ones are those of the first.
 */
export async function fineTuneRanker(
  network: Network,
  examples: readonly [RankingExamples, ...RankingExamples[]],
  options: FineTuneRankerOptions = {},
): Promise<TunedRanker> {
  const { folds = 3, epochs = 8, seed = 0, onEvent } = options
  const [newest] = examples
  const users = [...new Set(newest.users)]
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new OptionError('fineTuneRanker', 'a whole number of folds from 2 on', `${folds}`, 'Leave it out for 3.')
  const frozenAfter = (reason: string, validation: readonly number[]): TunedRanker => {
    onEvent?.({ type: 'notice', message: `${reason} The network stays as it was pre-trained.` })
    return { network, epochs: 0, validation }
  }
  if (users.length < 2 * folds)
    return frozenAfter(
      `${counted(users.length, 'user is', 'users are')} too few to hold any out and see whether tuning helps.`,
      [],
    )
  const foldOf = new Map(
    random(seed)
      .shuffle(users)
      .map((user, place) => [user, place % folds]),
  )
  // NDCG@10 of each held-out example after each number of epochs; 0 after a fold diverged.
  const found = Array.from({ length: epochs + 1 }, () => new Float64Array(newest.length))
  let diverged = false
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (user: number): boolean => foldOf.get(user) === fold
    const outcome = await tune(network, examples, isHeldOut, epochs, options)
    const held = placesOf(newest, isHeldOut)
    outcome.results.forEach(({ data }, epoch) =>
      held.forEach((place, row) => ((found[epoch] as Float64Array)[place] = ndcgAt(data[row] as number))),
    )
    diverged ||= outcome.diverged
  }
  const [frozen] = found as [Float64Array]
  const validation = found.map(meanOf)
  if (diverged) return frozenAfter('What diverges on a part of the users is not tried on all.', validation)
  const best = validation.indexOf(Math.max(...validation))
  const gains = (found[best] as Float64Array).map((ndcg, place) => ndcg - (frozen[place] as number))
  if (meanOf(gains) <= standardErrorOf(gains)) return { network, epochs: 0, validation }
  const tuned = await tune(network, examples, () => false, best, options)
  return tuned.diverged
    ? frozenAfter('The tuning on all users diverged.', validation)
    : { network: tuned.network, epochs: best, validation }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of the mean. */
function standardErrorOf(values: Float64Array): number {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length)
}

function placesOf({ users }: RankingExamples, wanted: (user: number) => boolean): number[] {
  return [...users.keys()].filter((place) => wanted(users[place] as number))
}

/**
 * Tunes on the examples of all users but those held out, whose ranks in the first set are the results. The schedule is of
 * `epochs`, of which it takes so many; where it diverges it ends there, after a notice.
 */
async function tune(
  network: Network,
  examples: readonly [RankingExamples, ...RankingExamples[]],
  isHeldOut: (user: number) => boolean,
  until: number,
  {
    epochs = 8,
    unfreeze = 'all',
    learningRate = 8e-3,
    generalization = 0.5,
    weightDecay = 1e-2,
    batchSize = 32,
    seed = 0,
    signal,
    onEvent,
  }: FineTuneRankerOptions,
): Promise<LoopOutcome & { readonly network: Network }> {
  const held = placesOf(examples[0], isHeldOut)
  const sets = examples.map((set) => ({ set, places: placesOf(set, (user) => !isHeldOut(user)) }))
  const batchesOf = (epoch: number) => {
    const { shuffle } = random(seed + 7919 * (epoch + 1))
    return shuffle(
      sets.flatMap(({ set, places }) => fullBatches(shuffle(places), batchSize).map((some) => [set, some] as const)),
    )
  }
  const names = unfreeze === 'all' ? [...stageWeights.gate, ...stageWeights.head] : stageWeights.head
  const ranker = await RankerTrainer.create(network, examples, {
    groups: [{ names, learningRate, weightDecay }],
    schedule: warmUpCosine({ steps: epochs * batchesOf(0).length, warmUp: 10, final: 0.05 }),
    batchSize,
    generalization,
  })
  try {
    const outcome = await runLoop({
      trainer: ranker.trainer,
      epochs: until,
      batches: (epoch) => batchesOf(epoch).map((batch) => () => ranker.feeds(...batch)),
      assessment: held.length > 0 ? { results: () => ranker.ranks(examples[0], held) } : undefined,
      signal,
      onEvent,
      onDiverged: (error) => onEvent?.(divergedNotice(error, learningRate)),
    })
    return { ...outcome, network: ranker.network() }
  } finally {
    await ranker.close()
  }
}

/** A short last batch is filled up from the beginning. */
function fullBatches(places: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(places.length / size) }, (_, batch) =>
    Array.from({ length: size }, (__, row) => places[(batch * size + row) % places.length] as number),
  )
}
