import {
  DivergedError,
  type Graph,
  lowRank,
  type ParameterGroup,
  sizeOf,
  type Tensor,
  type Tensors,
  Trainer,
  warmUpCosine,
} from '@headstart/onnx'
import type { Batch } from './batches.js'
import { OptionError } from '../contract/errors.js'
import type { LoraOptions } from './fine-tune-options.js'
import type { LinearWeights } from '../head/head-objective.js'
import { lossesOf, scoreOf } from '../head/held-out-loss.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import { random } from '../kit/random.js'
import { bestInverseTemperature, scaledLogits, weightedMean } from '../head/inverse-temperature.js'
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

/** How far a run is. Plain numbers and tensors, so that it can be kept in a checkpoint. */
export interface RunProgress {
  readonly epoch: number
  /** Steps taken within the epoch. */
  readonly step: number
  /** Sum of the losses of these steps. */
  readonly lossSum: number
  readonly trainer: Tensors
  /** What the network answered for the held-out rows, before the first epoch and at each assessment. */
  readonly results: readonly Matrix[]
  /** The weights with the least held-out loss so far. */
  readonly best: Tensors
}

/** What came of a run. */
export interface RunOutcome {
  readonly results: readonly Matrix[]
  /** Weights of the network by name: those with the least held-out loss, or the last where nothing was held out. */
  readonly weights: ReadonlyMap<string, Tensor>
  readonly head: LinearWeights
  /** The step at which loss or gradient stopped being finite. */
  readonly diverged: DivergedError | undefined
}

/** Options of `runTuning`. */
export interface RunTuningOptions extends RunOptions {
  /** Where to go on. */
  readonly resume?: RunProgress | undefined
  /** Called after each step and each epoch; `progress` copies all that the run needs to go on from there. */
  readonly onProgress?: (progress: () => RunProgress) => Promise<void>
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
  { resume, signal, onEvent, onProgress }: RunTuningOptions,
): Promise<RunOutcome> {
  const { objective, heldOut, until } = run
  const size = Math.min(plan.batchSize, run.examples)
  const batchesOf = (epoch: number): readonly Batch[] => objective.batches(size, random(run.seed + 7919 * epoch))
  const [first] = batchesOf(0) as [Batch]
  const stepsPerEpoch = batchesOf(0).length
  const schedule = warmUpCosine({ steps: plan.epochs * stepsPerEpoch })
  const network = adapted(objective.graph, run, plan.lora)
  const trainer = await Trainer.create(network.graph, {
    loss: objective.loss,
    groups: [
      ...groupsOf(network.stages, plan, stepsPerEpoch),
      { names: objective.headWeights, learningRate: plan.learningRate * headFactor(data) },
    ],
    feeds: await objective.feeds(first, size),
    schedule,
    clipNorm,
  })
  const isMeasured = heldOut.length > 0
  const targets = takeRows(data.targets, heldOut)
  const mass = heldOut.map((row) => data.weights[row] as number)
  const loss = (results: Matrix): number => weightedMean(lossesOf(data.kind, targets, results), mass)
  const calibratedLoss = (results: Matrix): number =>
    loss(scaledLogits(data.kind, results, bestInverseTemperature(data.kind, targets, results, mass)))
  let losses = isMeasured ? [calibratedLoss(run.frozenResults)] : []
  const now = {
    epoch: 0,
    step: 0,
    lossSum: 0,
    results: isMeasured ? [run.frozenResults] : [],
    best: trainer.parameters() as Tensors,
  }
  const progress = (): RunProgress => ({ ...now, results: [...now.results], trainer: trainer.state() })

  const tuneEpoch = async (): Promise<void> => {
    for (const batches = batchesOf(now.epoch); now.step < batches.length;) {
      signal?.throwIfAborted()
      const found = await trainer.step(await objective.feeds(batches[now.step] as Batch, size))
      now.step++
      now.lossSum += found.loss
      onEvent?.({ type: 'step', step: trainer.steps, steps: until * stepsPerEpoch, loss: found.loss })
      await onProgress?.(progress)
    }
    const isAssessed = isMeasured && ((now.epoch + 1) % plan.assessEvery === 0 || now.epoch + 1 === until)
    const results = isAssessed ? await objective.results(trainer, heldOut) : undefined
    if (results) {
      const sharp = calibratedLoss(results)
      if (losses.every((other) => sharp < other)) now.best = trainer.parameters()
      now.results.push(results)
      losses.push(sharp)
    }
    onEvent?.({
      type: 'epoch',
      run: run.number,
      runs: run.of,
      epoch: now.epoch + 1,
      epochs: until,
      loss: now.lossSum / stepsPerEpoch,
      validationLoss: results && loss(results),
      validationScore: results && scoreOf(data.kind, targets, results),
      learningRate: plan.learningRate * schedule(trainer.steps - 1),
    })
    Object.assign(now, { epoch: now.epoch + 1, step: 0, lossSum: 0 })
    await onProgress?.(progress)
  }

  let diverged: DivergedError | undefined
  try {
    if (resume) {
      trainer.restore(resume.trainer)
      Object.assign(now, { ...resume, results: [...resume.results] })
      losses = resume.results.map(calibratedLoss)
    }
    while (now.epoch < until && !isPast(losses, plan)) await tuneEpoch()
  } catch (error) {
    if (!(error instanceof DivergedError)) {
      await trainer.close()
      throw error
    }
    diverged = error
  }
  try {
    if (isMeasured) trainer.setParameters(now.best)
    return { results: now.results, weights: network.weights(trainer), head: await objective.head(trainer), diverged }
  } finally {
    await trainer.close()
  }
}

/** Whether the least of the losses lies `patience` epochs back. */
function isPast(losses: readonly number[], { patience, assessEvery }: TuningPlan): boolean {
  return losses.length > 0 && (losses.length - 1 - losses.indexOf(Math.min(...losses))) * assessEvery >= patience
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

interface AdaptedNetwork {
  readonly graph: Graph
  /** What is trained of each stage, the last stage first. */
  readonly stages: readonly (readonly string[])[]
  /** The network's own weights as they are now. */
  weights(trainer: Trainer): Map<string, Tensor>
}

/** The graph to train: as it is, or with low-rank updates of its matrices. */
function adapted(graph: Graph, { stages, seed }: TuningRun, lora: LoraOptions | undefined): AdaptedNetwork {
  const own = stages.map(({ weights }) => [...weights.keys()])
  if (!lora) {
    const weights = (trainer: Trainer): Map<string, Tensor> => {
      const parameters = trainer.parameters()
      return new Map(own.flat().map((name) => [name, parameters[name] as Tensor]))
    }
    return { graph, stages: own, weights }
  }
  const { rank, alpha = rank, weights: isChosen = () => true } = lora
  const chosen = stages.map(({ weights }) =>
    [...weights].flatMap(([name, role]) => {
      const [rows = 0, ...columns] = graph.initializers.get(name)?.dims ?? []
      const fits = role.kind === 'kernel' && Math.min(rows, sizeOf(columns)) >= rank
      return fits && isChosen(name) ? [name] : []
    }),
  )
  if (chosen.flat().length === 0) {
    const expected = `matrices of the unfrozen stages with both sides of ${rank} or more`
    throw new OptionError('option "lora"', expected, 'none that is chosen', 'Lower the rank, or choose others.')
  }
  const updated = lowRank(graph, { names: chosen.flat(), rank, alpha, normal: random(seed).normal })
  // Two new weights for each one that they update, in its order.
  let next = 0
  const parts = chosen.map((names) => updated.parameters.slice(next, (next += 2 * names.length)))
  return { graph: updated.graph, stages: parts, weights: (trainer) => updated.merge(trainer.parameters()) }
}
