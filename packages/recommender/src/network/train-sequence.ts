import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Matrix, RunOptions } from '@headstart/core'
import { Checkpoint, random, runLoop } from '@headstart/core/kit'
import { sha256 } from '@headstart/core/load'
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
  /**
   * How good the model is after some epochs, which is kept in the checkpoint: what was found before a training was interrupted is
   * not looked for again.
   */
  readonly measure?: SequenceMeasure | undefined
  /** File in which the progress is kept; removed when the training has ended. Default: none. */
  readonly checkpoint?: string | undefined
  /** Goes on from that file where there is one, and gives the same model. Default: false. */
  readonly resume?: boolean | undefined
}

/** See `TrainSequenceOptions.measure`. */
export interface SequenceMeasure {
  /** Epochs from one look to the next. */
  readonly every: number
  readonly of: (recommender: SequenceRecommender) => Promise<number>
  /** Told at the end what was found after each `every` epochs. */
  readonly found: (values: readonly number[]) => void
}

/**
 * Trains a sequence model from scratch on a shop's histories: after each item, the next one is to be told from 1024 items,
 * those that are next anywhere in the batch and others by chance.
 */
export async function trainSequence(
  { texts }: Pick<Material, 'texts'>,
  train: Histories,
  { epochs = 20, seed = 0, signal, onEvent, measure, ...kept }: TrainSequenceOptions = {},
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
    const { results } = await runLoop({
      trainer,
      epochs,
      batches,
      signal,
      onEvent,
      checkpoint: await checkpointOf(kept, { texts, train, options: { epochs, seed, every: measure?.every } }, onEvent),
      ...(measure && { assessment: assessmentBy(measure, made) }),
    })
    measure?.found(looksIn(results, measure.every, epochs))
    if (kept.checkpoint !== undefined) await rm(kept.checkpoint, { force: true })
    return await made()
  } finally {
    await trainer.close()
  }
}

/** Where the training goes on, if it was interrupted. */
async function checkpointOf(
  { checkpoint, resume = false }: Pick<TrainSequenceOptions, 'checkpoint' | 'resume'>,
  { texts, train, options }: Pick<Material, 'texts'> & { readonly train: Histories; readonly options: object },
  onEvent: RunOptions['onEvent'],
): Promise<Checkpoint | undefined> {
  if (checkpoint === undefined) return undefined
  return Checkpoint.open({ checkpoint, resume: resume && existsSync(checkpoint), onEvent }, () => ({
    backbone: 'a sequence model with fresh weights',
    examples: sha256(...[train.starts, train.items, 'starts' in texts ? texts.values : texts.data].map(bytesOf)),
    options: JSON.stringify(options),
  }))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Looks as what the loop keeps of an assessment; where it asks beside `every` nothing is looked at. */
function assessmentBy({ every, of }: SequenceMeasure, made: () => Promise<SequenceRecommender>) {
  return {
    every,
    async results(epoch: number): Promise<Matrix> {
      if (epoch === 0 || epoch % every !== 0) return { rows: 1, columns: 1, data: Float32Array.of(0) }
      const model = await made()
      const value = await of(model)
      await model.close()
      // All of its digits, as the sum of three numbers of single precision.
      const high = Math.fround(value)
      const middle = Math.fround(value - high)
      return { rows: 1, columns: 3, data: Float32Array.of(high, middle, value - high - middle) }
    },
  }
}

/** What was found at each look: after `every` epochs, twice as many, and so on. */
function looksIn(results: readonly Matrix[], every: number, epochs: number): number[] {
  return results.slice(1, 1 + Math.floor(epochs / every)).map(({ data }) => data.reduce((sum, part) => sum + part, 0))
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
