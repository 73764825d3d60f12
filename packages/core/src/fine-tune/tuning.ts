import type { Device, Tensor } from '@headstart/onnx'
import { TrainingPool } from '@headstart/onnx/kit'
import type { Checkpoint } from './checkpoint.js'
import { chooseEpoch, type EpochChoice } from './choose-epoch.js'
import { contrastiveObjective } from './contrastive-objective.js'
import { fitHead } from '../head/fit-head.js'
import type { LinearWeights } from '../head/head-objective.js'
import { jointObjective } from './joint-objective.js'
import { linearResults } from '../head/linear-results.js'
import { type Matrix, takeRows } from '../contract/matrix.js'
import type { RunOptions } from '../contract/progress.js'
import type { SplitNetwork } from './split-network.js'
import type { TuningData } from './tuning-objective.js'
import type { TuningPlan } from './tuning-plan.js'
import { type RunOutcome, runTuning } from './tuning-run.js'

/** Options of `runTunings`. */
export interface TuningsOptions extends RunOptions {
  readonly seed: number
  readonly checkpoint: Checkpoint | undefined
  /** Where the networks run. */
  readonly devices: readonly Device[]
  /** How familiar the examples that were held out are to a network with these weights, by the others, `[heldOut.length, 1]`. */
  familiarity(weights: ReadonlyMap<string, Tensor>, heldOut: readonly number[]): Promise<Matrix>
}

/** A network that was tuned, and what it is worth. */
export interface TunedNetwork extends EpochChoice {
  /** The tuned weights by name. */
  readonly weights: ReadonlyMap<string, Tensor>
  readonly head: LinearWeights
  /** How familiar examples were to networks that had not seen them. */
  readonly familiar: readonly number[]
}

const objectives = { joint: jointObjective, contrastive: contrastiveObjective }

/**
 * Tunes as the plan says and chooses by what is held out. With few examples each is held out once: a run for each fold
 * tells after how many epochs the held-out examples are answered best, and a last run of so many epochs learns from all.
 * With many, one share is held out, and the weights that answered it best are the result.
 *
 * @returns undefined, after a notice, where nothing beats the frozen backbone with its head.
 */
export async function runTunings(
  split: SplitNetwork,
  data: TuningData,
  plan: TuningPlan,
  options: TuningsOptions,
): Promise<TunedNetwork | undefined> {
  // Runs differ in weights under training alone: what is made for a shape serves all of them.
  const pool = new TrainingPool()
  return runIn(pool, split, data, plan, options).finally(() => pool.close())
}

async function runIn(
  pool: TrainingPool,
  split: SplitNetwork,
  data: TuningData,
  plan: TuningPlan,
  { seed, checkpoint, devices, familiarity, signal, onEvent }: TuningsOptions,
): Promise<TunedNetwork | undefined> {
  const { folds, epochs } = plan
  const all = [...data.examples.keys()]
  const isSplit = folds.length === 1
  const runs = isSplit ? 1 : folds.length + 1
  const ended = checkpoint?.ended ?? []
  const familiar = checkpoint?.familiar ?? []

  const run = async (number: number, heldOut: readonly number[], until: number): Promise<RunOutcome> => {
    const held = new Set(heldOut)
    const rows = all.filter((row) => !held.has(row))
    const head = await frozenHead(data, rows)
    return runTuning(
      data,
      plan,
      {
        objective: objectives[plan.strategy]({ tuned: split.tuned, data, rows, head }),
        stages: split.stages,
        examples: rows.length,
        heldOut,
        frozenResults: linearResults(data.kind, takeRows(data.features, heldOut), head),
        until,
        seed: 101 * seed + number,
        number: number + 1,
        of: runs,
      },
      { checkpoint, devices, pool, signal, onEvent },
    )
  }
  const unbeaten = (reason: string): undefined => {
    onEvent?.({ type: 'notice', message: `${reason} The model is the frozen backbone with its head.` })
  }

  let outcome: RunOutcome | undefined
  for (let fold = ended.length; fold < folds.length; fold++) {
    const heldOut = folds[fold] as readonly number[]
    outcome = await run(fold, heldOut, epochs)
    if (outcome.diverged && !isSplit) return unbeaten('What diverges on a part of the examples is not tried on all.')
    familiar.push(await familiarity(outcome.weights, heldOut))
    ended.push(outcome.results)
    if (!isSplit) await checkpoint?.save()
  }
  const choice = chooseEpoch(data, plan, ended)
  if (choice.epoch === 0) {
    const [tuned, frozen] = [choice.tunedLoss, choice.frozenLoss].map((loss) => loss.toFixed(4))
    return unbeaten(`Fine-tuning did not help on the examples held out: loss ${tuned}, frozen ${frozen}.`)
  }
  if (!isSplit) outcome = await run(folds.length, [], choice.epoch)
  if (!outcome || (outcome.diverged && !isSplit)) return unbeaten('The tuning on all examples diverged.')
  const { inverseTemperature } = choice
  const { weight, bias } = outcome.head
  const head = {
    weight: weight.map((value) => inverseTemperature * value),
    bias: bias.map((value) => inverseTemperature * value),
  }
  return { ...choice, weights: outcome.weights, head, familiar: familiar.flatMap(({ data: scores }) => [...scores]) }
}

/** The head at its optimum on the frozen features of some examples. */
function frozenHead(
  { kind, features, targets, weights, l2 }: TuningData,
  rows: readonly number[],
): Promise<LinearWeights> {
  return fitHead(
    { kind, features: takeRows(features, rows), targets: takeRows(targets, rows) },
    { regularization: { l2 }, exampleWeights: Float64Array.from(rows, (row) => weights[row] as number) },
  )
}
