import { type Network, OptionError, random, type RunOptions } from '@headstart/core'
import { DivergedError, warmUpCosine } from '@headstart/onnx'
import { stageWeights } from './behavior-network.js'
import { RankerTrainer } from './ranker-trainer.js'
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
 * of the gain, the network stays as it is: it is never worse than frozen by validation, and not tuned by chance.
 * @param examples Sets from newest to oldest or the other way; the held-out ones are those of the first.
 */
export async function fineTuneRanker(
  network: Network,
  examples: readonly [RankingExamples, ...RankingExamples[]],
  options: FineTuneRankerOptions = {},
): Promise<TunedRanker> {
  const { folds = 3, epochs = 8, seed = 0 } = options
  const [newest] = examples
  const users = [...new Set(newest.users)]
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new OptionError('fineTuneRanker', 'a whole number of folds from 2 on', `${folds}`, 'Leave it out for 3.')
  // Too few to hold any out: nothing can be said of a tuning.
  if (users.length < 2 * folds) return { network, epochs: 0, validation: [] }
  const foldOf = new Map(
    random(seed)
      .shuffle(users)
      .map((user, place) => [user, place % folds]),
  )
  // NDCG@10 of each held-out example after each number of epochs; 0 after a fold ended early.
  const found = Array.from({ length: epochs + 1 }, () => new Float64Array(newest.length))
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (user: number): boolean => foldOf.get(user) === fold
    const held = placesOf(newest, isHeldOut)
    const measure = async (trainer: RankerTrainer, epoch: number): Promise<void> => {
      const ndcg = await trainer.ndcg(newest, held)
      held.forEach((place, index) => ((found[epoch] as Float64Array)[place] = ndcg[index] as number))
    }
    await tune(network, examples, (user) => !isHeldOut(user), epochs, epochs, options, measure)
  }
  const [frozen] = found as [Float64Array]
  const validation = found.map(meanOf)
  const best = validation.indexOf(Math.max(...validation))
  const gains = (found[best] as Float64Array).map((ndcg, place) => ndcg - (frozen[place] as number))
  if (meanOf(gains) <= standardErrorOf(gains)) return { network, epochs: 0, validation }
  const tuned = await tune(network, examples, () => true, best, epochs, options)
  return tuned ? { network: tuned, epochs: best, validation } : { network, epochs: 0, validation }
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
 * Tunes on the examples of some users; `measure` is called before the first epoch and after each. Where a loss is not finite
 * any more it ends there, and gives nothing.
 */
async function tune(
  network: Network,
  examples: readonly RankingExamples[],
  wanted: (user: number) => boolean,
  epochs: number,
  scheduled: number,
  {
    unfreeze = 'all',
    learningRate = 8e-3,
    generalization = 0.5,
    weightDecay = 1e-2,
    batchSize = 32,
    seed = 0,
    signal,
    onEvent,
  }: FineTuneRankerOptions,
  measure?: (trainer: RankerTrainer, epoch: number) => Promise<void>,
): Promise<Network | undefined> {
  const sets = examples.map((set) => ({ set, places: placesOf(set, wanted) }))
  const batchesOf = (epoch: number) => {
    const chance = random(seed + 7919 * (epoch + 1))
    const batches = sets.flatMap(({ set, places }) => {
      const shuffled = chance.shuffle(places)
      return Array.from({ length: Math.ceil(places.length / batchSize) }, (_, batch) => {
        // A short last batch is filled up from the beginning.
        return {
          set,
          places: Array.from(
            { length: batchSize },
            (__, row) => shuffled[(batch * batchSize + row) % shuffled.length] as number,
          ),
        }
      })
    })
    return { batches: chance.shuffle(batches), chance }
  }
  const perEpoch = batchesOf(0).batches.length
  const names = unfreeze === 'all' ? [...stageWeights.gate, ...stageWeights.head] : stageWeights.head
  const trainer = await RankerTrainer.create(network, examples, {
    groups: [{ names, learningRate, weightDecay }],
    schedule: warmUpCosine({ steps: scheduled * perEpoch, warmUp: 10, final: 0.05 }),
    batchSize,
    scorerDropout: 0,
    embeddingDropout: 0,
    generalization,
  })
  try {
    await measure?.(trainer, 0)
    for (let epoch = 0; epoch < epochs; epoch++) {
      const { batches, chance } = batchesOf(epoch)
      for (const { set, places } of batches) {
        signal?.throwIfAborted()
        const loss = await trainer.step(set, places, chance)
        onEvent?.({ type: 'step', step: trainer.steps, steps: epochs * perEpoch, loss })
      }
      await measure?.(trainer, epoch + 1)
    }
    return trainer.network()
  } catch (error) {
    if (error instanceof DivergedError) return undefined
    throw error
  } finally {
    await trainer.close()
  }
}
