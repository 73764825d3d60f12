import type { RunOptions } from '@headstart/core'
import { random, runLoop } from '@headstart/core/kit'
import { float32, int64, type Tensors, Trainer } from '@headstart/onnx'
import { softmaxCrossEntropy, warmUpCosine } from '@headstart/onnx/kit'
import type { Histories, History } from '../shop/histories.js'
import type { Material } from '../contract/recommender-method.js'
import {
  freshSequenceWeights,
  sequenceGraph,
  sequenceLength,
  sequenceNames,
  type SequenceWeights,
  trainedWeights,
} from './sequence-network.js'
import { inputsOf, sequenceRecommender, type SequenceRecommender } from './sequence-recommender.js'

/** Histories of one step, and the items that each of their places is told from. */
const [batchSize, candidateCount] = [32, 1024]
/** Steps of a training at most: of many users it takes fewer epochs, so that it ends within minutes. */
const mostSteps = 6_000
/** Settings of the training. */
const [learningRate, weightDecay] = [2e-3, 0.05]

/** Options of `trainSequence`. */
export interface TrainSequenceOptions extends RunOptions {
  /** Default: 20. */
  readonly epochs?: number | undefined
  /** Default: 0. */
  readonly seed?: number | undefined
  /** Called after each epoch, counted from 1, with what makes a recommender of the weights so far. */
  readonly onEpoch?: ((epoch: number, recommender: () => Promise<SequenceRecommender>) => Promise<void>) | undefined
}

/**
 * Trains a sequence model from scratch on a shop's histories: after each item, the next one is to be told from 1024 items,
 * those that are next anywhere in the batch and others by chance.
 */
export async function trainSequence(
  { texts }: Pick<Material, 'texts'>,
  train: Histories,
  { epochs = 20, seed = 0, signal, onEvent, onEpoch }: TrainSequenceOptions = {},
): Promise<SequenceRecommender> {
  const fresh = freshSequenceWeights(texts, seed)
  const places = learnable(train)
  const perEpoch = stepsOfEpoch(train)
  if (perEpoch === 0) {
    const message = 'No user took one item after another: the sequence model stays untrained.'
    onEvent?.({ type: 'notice', message })
    return sequenceRecommender(sequenceGraph(fresh, false))
  }
  const { graph, loss, targets, weights } = softmaxCrossEntropy(sequenceGraph(fresh, true), {
    logits: sequenceNames.scores,
  })
  const batches = (epoch: number): (() => Tensors)[] => {
    const order = random(seed + 7919 * (epoch + 1)).shuffle(places)
    return Array.from({ length: perEpoch }, (_, step) => () => {
      const some = Array.from({ length: batchSize }, (__, row) =>
        train.at(order[(step * batchSize + row) % order.length] as number),
      )
      const chance = random(seed + 104_729 * (epoch * perEpoch + step + 1))
      return batchOf(some, train.itemCount, chance, { targets, weights })
    })
  }
  const [first] = batches(0) as [() => Tensors]
  const names = trainedWeights(fresh)
  const trainer = await Trainer.create(graph, {
    loss,
    groups: [{ names, learningRate, weightDecay }],
    schedule: warmUpCosine({ steps: epochs * perEpoch }),
    clipNorm: 1,
    feeds: first(),
  })
  const made = () => sequenceRecommender(sequenceGraph({ ...fresh, ...trainer.parameters() } as SequenceWeights, false))
  try {
    await runLoop({ trainer, epochs, batches, signal, onEvent, onEpoch: ({ epoch }) => onEpoch?.(epoch, made) })
    return await made()
  } finally {
    await trainer.close()
  }
}

/** Users from whom something can be learned: who took one thing after another. */
function learnable(train: Histories): number[] {
  return [...train.users.keys()].filter((place) => train.lengthOf(place) >= 2)
}

/** Steps in which a training goes through all histories once. */
function stepsOfEpoch(train: Histories): number {
  return Math.ceil(learnable(train).length / batchSize)
}

/** Epochs for a training on these histories, at most so many. @param steps At most; default: 6000, which take minutes. */
export function epochsWithin(most: number, train: Histories, steps = mostSteps): number {
  return Math.max(1, Math.min(most, Math.floor(steps / Math.max(stepsOfEpoch(train), 1))))
}

/** A step's tensors: histories without their last item, and what came after each of their items. */
function batchOf(
  histories: readonly History[],
  itemCount: number,
  { below }: ReturnType<typeof random>,
  names: { targets: string; weights: string },
): Tensors {
  const count = Math.min(candidateCount, itemCount)
  const columns = new Map<number, number>()
  const columnOf = (item: number): number => {
    const known = columns.get(item)
    if (known !== undefined) return known
    columns.set(item, columns.size)
    return columns.size - 1
  }
  const positions = histories.length * sequenceLength
  const targets = new Float32Array(positions * count)
  const weights = new Float32Array(positions)
  histories.forEach(({ items }, row) => {
    const next = items.subarray(1).subarray(-sequenceLength)
    next.forEach((item, place) => {
      const at = (row + 1) * sequenceLength - next.length + place
      targets[at * count + columnOf(item)] = 1
      weights[at] = 1
    })
  })
  if (count === itemCount) for (let item = 0; item < itemCount; item++) columnOf(item)
  while (columns.size < count) columnOf(below(itemCount))
  return {
    ...inputsOf(histories.map(({ items }) => items.subarray(0, -1))),
    [sequenceNames.candidates]: int64(
      [count],
      Array.from(columns.keys(), (item) => item + 1),
    ),
    [names.targets]: float32([positions, count], targets),
    [names.weights]: float32([positions], weights),
  }
}
