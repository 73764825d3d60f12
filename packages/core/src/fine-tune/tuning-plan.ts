import type { Dataset } from '../data/dataset.js'
import { OptionError } from '../contract/errors.js'
import type { LoraOptions, TuningOptions } from './fine-tune-options.js'
import type { Kind, Target } from '../contract/target.js'

/** Options of a tuning with nothing left open. */
export interface TuningPlan {
  readonly strategy: 'joint' | 'contrastive'
  readonly unfreeze: number | 'all'
  readonly lora: LoraOptions | undefined
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly depthDecay: number
  readonly weightDecay: number
  readonly gradual: boolean
  readonly patience: number
  /** Epochs from one assessment on the rows held out to the next; the last epoch has one in any case. */
  readonly assessEvery: number
  /** Rows held out to choose by, in each run. One list: the weights of that run are the result. */
  readonly folds: readonly (readonly number[])[]
}

/** Below this number of examples, each group of them counted as one, each is held out once. */
const fewExamples = 400
/** Folds in which few examples are held out, and assessments of each run: more would cost more than they tell. */
const [mostFolds, assessments] = [3, 4]
/**
 * What suits each strategy: few and small steps, for a few examples soon are learned by heart. Chosen on the training halves
 * of other text sets than the benchmarks'.
 */
const usual = {
  joint: { passes: 10, batchSize: 32, learningRate: 3e-4, depthDecay: 2.6 },
  contrastive: { passes: 10, batchSize: 32, learningRate: 1.5e-4, depthDecay: 1 },
}
/** By how much faster low-rank updates learn, which begin at nothing. */
const lowRankFactor = 10
/** Examples for which the passes are meant; with more there are fewer, by the root of the number, but no fewer than the least. */
const [passesFor, fewestPasses] = [32, 4]

/**
 * Refuses options of a tuning before anything is computed.
 * @throws OptionError for numbers out of range, and for a strategy that does not fit the task.
 */
export function checkTuning(options: TuningOptions, kind: Kind): void {
  if (options.strategy === 'contrastive' && kind !== 'classification') {
    const expected = 'a task with one class per example, for pairs of the same class'
    throw new OptionError('strategy "contrastive"', expected, kind, 'Use the strategy "joint".')
  }
  whole('epochs', options.epochs, 'To train a head alone, leave out "unfreeze" and "strategy".')
  whole('batchSize', options.batchSize)
  whole('patience', options.patience)
  above('learningRate', options.learningRate, 0)
  above('weightDecay', options.weightDecay, 0, true)
  above('depthDecay', options.depthDecay, 1, true)
  if (options.lora?.alpha !== undefined) above('lora.alpha', options.lora.alpha, 0)
  if (options.lora) whole('lora.rank', options.lora.rank)
  const { validation } = options
  if (validation !== undefined && !(validation > 0 && validation < 1)) {
    throw new OptionError('option "validation"', 'a share above 0 and below 1', String(validation), 'Try 0.2.')
  }
}

/** Stages to unfreeze of so many: those asked for, else all but the first. */
export function unfrozenStages({ unfreeze }: TuningOptions, stages: number): number | 'all' {
  return unfreeze || (stages > 1 ? stages - 1 : 'all')
}

/** The options of a tuning, which `checkTuning` let pass, with their defaults for some examples. */
export function planTuning(
  options: TuningOptions & { seed?: number | undefined },
  train: Dataset<unknown, Target>,
  unfreeze: number | 'all',
): TuningPlan {
  const { strategy = 'joint', lora, gradual = false, seed = 0 } = options
  const { passes, learningRate, depthDecay, ...sizes } = usual[strategy]
  const batchSize = Math.min(options.batchSize ?? sizes.batchSize, train.size)
  const fewer = Math.min(1, Math.sqrt(passesFor / train.size))
  const epochs = options.epochs ?? Math.max(Math.round(passes * fewer), fewestPasses)
  const folds = heldOutFolds(train, options.validation, seed)
  return {
    strategy,
    unfreeze,
    lora,
    epochs,
    batchSize,
    learningRate: options.learningRate ?? learningRate * (lora ? lowRankFactor : 1),
    depthDecay: options.depthDecay ?? depthDecay,
    weightDecay: options.weightDecay ?? 0.01,
    gradual,
    patience: options.patience ?? Math.max(3, Math.ceil(epochs / 3)),
    assessEvery: folds.length === 1 ? 1 : Math.ceil(epochs / assessments),
    folds,
  }
}

/** The share that is asked for, once; else few examples in folds and many in a fifth. */
function heldOutFolds(train: Dataset<unknown, Target>, share: number | undefined, seed: number): number[][] {
  const { size } = train.representatives()
  if (share === undefined && size < fewExamples) return train.folds(Math.min(mostFolds, size), seed)
  // As many parts as hold the share, of which one is held out: stratified like folds.
  const parts = Math.min(Math.max(Math.round(1 / (share ?? 0.2)), 2), size)
  const [held = []] = train.folds(parts, seed)
  return [held]
}

function whole(name: string, value: number | undefined, remedy = 'Leave it out for the default.'): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return
  throw new OptionError(`option "${name}"`, 'a whole number from 1 on', String(value), remedy)
}

function above(name: string, value: number | undefined, limit: number, inclusive = false): void {
  if (value === undefined || ((inclusive ? value >= limit : value > limit) && value < Infinity)) return
  const expected = inclusive ? `a number from ${limit} on` : `a number above ${limit}`
  throw new OptionError(`option "${name}"`, expected, String(value), 'Leave it out for the default.')
}
