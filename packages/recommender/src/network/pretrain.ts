import { createHash } from 'node:crypto'
import { type Network, type ResumeOptions, type RunOptions } from '@headstart/core'
import { Checkpoint, DataError, random, runLoop } from '@headstart/core/kit'
import { type Tensors } from '@headstart/onnx'
import { oneCycle } from '@headstart/onnx/kit'
import { behaviorNetwork, stageWeights } from './behavior-network.js'
import { RankerTrainer } from './ranker-trainer.js'
import type { RankingExamples } from './ranking-examples.js'

/** Examples from shops about the same people and things, which together count as much as any other family. */
export interface PretrainingFamily {
  readonly name: string
  readonly examples: readonly RankingExamples[]
}

/** Options of `pretrain`. */
export interface PretrainOptions extends RunOptions, ResumeOptions {
  /** Default: 200. */
  readonly steps?: number | undefined
  /** Default: 32. */
  readonly batchSize?: number | undefined
  /** Default: 0.004. */
  readonly learningRate?: number | undefined
  /** Default: 0.001. */
  readonly weightDecay?: number | undefined
  /** How little targets count that are far down: see `RankerTrainerOptions`. Default: 0.8. */
  readonly generalization?: number | undefined
  /** Share of the scorers whose features is left out of a step, so that no one is relied on. Default: 0.3. */
  readonly scorerDropout?: number | undefined
  /** Share of the scorers that a step knows by their quality alone. Default: 0.3. */
  readonly embeddingDropout?: number | undefined
  /** Of fresh weights and batches. Same seed, same network. Default: 0. */
  readonly seed?: number | undefined
}

/**
 * Trains a network over features on several shops at once; what it learns is what makes a person take an item, and holds for
 * shops it never saw. Each step takes a family, one of its sets of examples and a batch of these, all by chance.
 * @throws DataError without examples, and for examples of other scorers.
 * @throws CheckpointError for a checkpoint that is damaged or of another training.
 */
export async function pretrain(
  families: readonly PretrainingFamily[],
  options: PretrainOptions = {},
): Promise<Network> {
  const { steps = 200, batchSize = 32, learningRate = 4e-3, weightDecay = 1e-3, seed = 0 } = options
  const { generalization = 0.8, scorerDropout = 0.3, embeddingDropout = 0.3 } = options
  const sets = families.flatMap(({ examples }) => examples)
  const [first] = sets
  if (!first || families.some(({ examples }) => examples.length === 0)) {
    throw new DataError(
      'pretrain',
      'examples in every family',
      'a family without',
      'Collect some with rankingExamples.',
    )
  }
  const settings = {
    steps,
    batchSize,
    learningRate,
    weightDecay,
    generalization,
    scorerDropout,
    embeddingDropout,
    seed,
  }
  const ranker = await RankerTrainer.create(behaviorNetwork(first.scorers, seed), sets, {
    groups: [{ names: [...stageWeights.gate, ...stageWeights.head], learningRate, weightDecay }],
    schedule: oneCycle({ steps, rise: 0.1 }),
    batchSize,
    generalization,
  })
  const feeds = (step: number): Tensors => {
    // From the number of the step, so that training can be taken up at any.
    const { below, uniform } = random(seed + 7919 * (step + 1))
    const family = families[below(families.length)] as PretrainingFamily
    const examples = family.examples[below(family.examples.length)] as RankingExamples
    const places = Int32Array.from({ length: batchSize }, () => below(examples.length))
    const { scorers } = examples
    return ranker.feeds(examples, places, {
      kept: Float32Array.from(scorers, () => (uniform() < scorerDropout ? 0 : 1)),
      embeddings: Float32Array.from(scorers, () => (uniform() < embeddingDropout ? 0 : 1 / (1 - embeddingDropout))),
    })
  }
  try {
    await runLoop({
      trainer: ranker.trainer,
      epochs: 1,
      batches: () => Array.from({ length: steps }, (_, step) => () => feeds(step)),
      checkpoint: await Checkpoint.open(options, () => identityOf(first.scorers, families, settings)),
      signal: options.signal,
      onEvent: options.onEvent,
    })
    return ranker.network()
  } finally {
    await ranker.close()
  }
}

function identityOf(scorers: readonly string[], families: readonly PretrainingFamily[], settings: object) {
  const digest = createHash('sha256')
  for (const { name, examples } of families) {
    digest.update(name)
    for (const { lifts, targets } of examples) digest.update(lifts).update(targets)
  }
  return {
    backbone: `fresh weights for ${scorers.join(', ')}`,
    examples: digest.digest('hex'),
    options: JSON.stringify(settings),
  }
}
