import { type Device, type ParameterGroup, type Tensor, Trainer } from '@headstart/onnx'
import { type TrainingPool, warmUpCosine } from '@headstart/onnx/kit'
import { adaptedNetwork } from './adapted-network.js'
import type { Checkpoint } from './checkpoint.js'
import type { LinearWeights } from '../head/head-objective.js'
import { lossesOf, scoreOf } from '../head/held-out-loss.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import { random } from '../kit/random.js'
import { bestInverseTemperature, scaledLogits, weightedMean } from '../head/inverse-temperature.js'
import { type Assessment, type BatchFeeds, divergedNotice, type LoopOutcome, runLoop } from './run-loop.js'
import type { UnfrozenStage } from './split-network.js'
import type { TuningData, TuningObjective } from './tuning-objective.js'
import type { TuningPlan } from './tuning-plan.js'

/** One pass of the tuning: what it learns from is in its objective. */
export interface TuningRun {
  readonly objective: TuningObjective
  readonly stages: readonly UnfrozenStage[]
  /** Number of examples that it learns from. */
  readonly examples: number
  /** Rows that it is assessed on, and what the frozen network with its head answers for them. */
  readonly heldOut: readonly number[]
  readonly frozenResults: Matrix
  /** Epochs after which it ends. */
  readonly until: number
  readonly seed: number
  /** For events. */
  readonly number: number
  readonly of: number
}

/** What came of a run. */
export interface RunOutcome extends LoopOutcome {
  /** Weights of the network by name: those with the least held-out loss, or the last where nothing was held out. */
  readonly weights: ReadonlyMap<string, Tensor>
  readonly head: LinearWeights
}

/** Sum of the magnitudes of a vector of unit length with 512 components, about. */
const usualMagnitude = 20

/** Largest norm of the gradient; longer ones are scaled down. */
const clipNorm = 1

/**
 * Tunes the weights of the unfrozen stages: AdamW, with a learning rate that falls from stage to stage towards the input
 * (Howard and Ruder 2018), rises at first and then falls along a cosine. Ends after as many epochs as asked for, or
 * earlier when the held-out loss has not fallen for some epochs, and gives the weights with the least.
 */
export async function runTuning(
  data: TuningData,
  plan: TuningPlan,
  run: TuningRun,
  {
    checkpoint,
    devices,
    pool,
    signal,
    onEvent,
  }: RunOptions & {
    readonly checkpoint: Checkpoint | undefined
    readonly devices: readonly Device[]
    readonly pool: TrainingPool
  },
): Promise<RunOutcome> {
  const { objective, heldOut, until } = run
  const size = Math.min(plan.batchSize, run.examples)
  const batches = (epoch: number) =>
    objective.batches(size, random(run.seed + 7919 * epoch)).map((batch) => () => objective.feeds(batch, size))
  const [first, ...others] = batches(0) as [BatchFeeds, ...BatchFeeds[]]
  const stepsPerEpoch = 1 + others.length
  const schedule = warmUpCosine({ steps: plan.epochs * stepsPerEpoch })
  const network = adaptedNetwork(objective.graph, run.stages, plan.lora, run.seed)
  const trainer = await Trainer.create(network.graph, {
    loss: objective.loss,
    groups: [
      ...groupsOf(network.stages, plan, stepsPerEpoch),
      { names: objective.headWeights, learningRate: plan.learningRate * headFactor(data) },
    ],
    feeds: await first(),
    device: devices,
    schedule,
    clipNorm,
    pool,
  })
  const place = { run: run.number, runs: run.of }
  const targets = takeRows(data.targets, heldOut)
  const mass = heldOut.map((row) => data.weights[row] as number)
  const lossOf = (results: Matrix): number => weightedMean(lossesOf(data.kind, targets, results), mass)
  const assessment: Assessment = {
    every: plan.assessEvery,
    results: (epoch) => (epoch === 0 ? run.frozenResults : objective.results(trainer, heldOut)),
    loss: (results) =>
      lossOf(scaledLogits(data.kind, results, bestInverseTemperature(data.kind, targets, results, mass))),
    patience: plan.patience,
  }
  try {
    const outcome = await runLoop({
      trainer,
      epochs: until,
      batches,
      assessment: heldOut.length > 0 ? assessment : undefined,
      place,
      checkpoint,
      signal,
      onEvent,
      onEpoch: ({ epoch, loss, results }) =>
        onEvent?.({
          type: 'epoch',
          ...place,
          epoch,
          epochs: until,
          loss,
          validationLoss: results && lossOf(results),
          validationScore: results && scoreOf(data.kind, targets, results),
          learningRate: plan.learningRate * schedule(trainer.steps - 1),
        }),
      onDiverged: (error) => onEvent?.(divergedNotice(error, plan.learningRate)),
    })
    return { ...outcome, weights: network.weights(trainer), head: await objective.head(trainer) }
  } finally {
    await trainer.close()
  }
}

/** The last stage learns fastest; one that is unfrozen gradually begins as many epochs later as it lies below the last. */
function groupsOf(
  stages: readonly (readonly string[])[],
  { learningRate, depthDecay, weightDecay, gradual }: TuningPlan,
  stepsPerEpoch: number,
): ParameterGroup[] {
  return stages.map((names, depth) => ({
    names,
    learningRate: learningRate / depthDecay ** depth,
    weightDecay,
    from: gradual ? depth * stepsPerEpoch : 0,
  }))
}

/**
 * What the head's learning rate is multiplied by. A step of AdamW moves each weight by about the learning rate, so a logit
 * by that times the sum of the features' magnitudes: with thousands of large ones, far more than with a few hundred of a
 * vector of unit length, for which the default learning rate was chosen.
 */
function headFactor({ features: { rows, data } }: TuningData): number {
  const magnitude = data.reduce((sum, value) => sum + Math.abs(value), 0) / rows
  return Math.min(1, usualMagnitude / magnitude)
}
