import type { ResumeOptions, RunOptions } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import type { Pair } from '../data/pair.js'
import type { Depth } from './training-graph.js'

/** Options of `fineTune`. */
export interface TuneOptions extends RunOptions, ResumeOptions {
  /**
   * What is tuned. Default 'decoder': the encoder stays as it is, and sees each source once; with 'all' it is tuned too, which takes
   * several times as long.
   */
  readonly unfreeze?: Depth | undefined
  /**
   * Trains low-rank updates of the matrices in place of all weights; they are added to these in the end. An embedding stays as it is,
   * unless it gives the logits too; biases and scales, which are few, are trained themselves. Default: none.
   */
  readonly lora?: { readonly rank: number; readonly alpha?: number | undefined } | undefined
  /** Passes over the pairs, at most: held-out pairs end it earlier. Default: 4, with few pairs so many that it takes 112 steps, at most 20. */
  readonly epochs?: number | undefined
  /** Of AdamW. Default 5e-4, 4e-4 for all; with LoRA 2e-3. */
  readonly learningRate?: number | undefined
  /** Pairs of one step. Default 16. */
  readonly batchSize?: number | undefined
  /** Share of each token that is spread over the vocabulary. Default 0.1. */
  readonly labelSmoothing?: number | undefined
  /**
   * Share of the target's tokens that the decoder does not get to read in training, so that it looks at the source (Bowman et al.,
   * "Generating Sentences from a Continuous Space", 2016, section 3.1). Published networks come without the dropout of their training:
   * this is in its place. Default 0.1.
   */
  readonly wordDropout?: number | undefined
  /** Share of the pairs that are held out to decide when it ends, and whether it was of use. Default 0.1. */
  readonly heldOut?: number | undefined
  /** Pairs of another domain: how much is forgotten is measured on these. Default: sentences of everyday life. */
  readonly general?: readonly Pair[] | undefined
  /** Where the translator lies, for `evaluate` of the saved model, which opens it again. Default: its id. */
  readonly backbone?: string | undefined
  /** Threads of one operator. Default: one for each core. */
  readonly threads?: number | undefined
  /** Decides which pairs are held out, their order, and what LoRA begins with. Default 0. */
  readonly seed?: number | undefined
}

/** All options, with their defaults. */
export interface TunePlan {
  readonly unfreeze: Depth
  readonly lora: { readonly rank: number; readonly alpha: number } | undefined
  readonly epochs: number
  readonly learningRate: number
  readonly batchSize: number
  readonly labelSmoothing: number
  readonly wordDropout: number
  readonly heldOut: number
  readonly seed: number
}

/** Fewest steps of a tuning, unless that takes too many epochs; usual epochs, and most of them. */
const [fewestSteps, usualEpochs, mostEpochs] = [112, 4, 20]

/**
 * @param pairs How many there are.
 * @throws OptionError for what is out of range.
 */
export function tunePlan(options: TuneOptions, pairs: number): TunePlan {
  const { unfreeze = 'decoder', lora, seed = 0, batchSize = 16, heldOut = 0.1 } = options
  const steps = Math.max(1, Math.ceil((pairs * (1 - heldOut)) / batchSize))
  const usualRate = unfreeze === 'all' ? 4e-4 : 5e-4
  const plan = {
    unfreeze,
    lora: lora && { rank: lora.rank, alpha: lora.alpha ?? lora.rank },
    epochs: options.epochs ?? Math.min(Math.max(Math.ceil(fewestSteps / steps), usualEpochs), mostEpochs),
    learningRate: options.learningRate ?? (lora ? 2e-3 : usualRate),
    batchSize,
    labelSmoothing: options.labelSmoothing ?? 0.1,
    wordDropout: options.wordDropout ?? 0.1,
    heldOut,
    seed,
  }
  const require = (name: string, value: number, isFine: boolean, expected: string): void => {
    if (!isFine) throw new OptionError(`option "${name}"`, expected, String(value), 'Correct it, or leave it out.')
  }
  const whole = (name: string, value: number): void =>
    require(name, value, Number.isInteger(value) && value >= 1, 'a whole number from 1 on')
  whole('epochs', plan.epochs)
  whole('batchSize', plan.batchSize)
  if (plan.lora) whole('lora.rank', plan.lora.rank)
  require('learningRate', plan.learningRate, plan.learningRate > 0, 'a number above 0')
  require('labelSmoothing', plan.labelSmoothing, plan.labelSmoothing >= 0 &&
    plan.labelSmoothing < 1, 'a share from 0 to below 1')
  require('wordDropout', plan.wordDropout, plan.wordDropout >= 0 && plan.wordDropout < 1, 'a share from 0 to below 1')
  require('heldOut', plan.heldOut, plan.heldOut > 0 && plan.heldOut < 1, 'a share above 0 and below 1')
  return plan
}
