import type { TuningOptions } from '@headstart/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { number, wholeNumber } from './numbers.js'

/** Flags that say how the last stages of a backbone are tuned. */
export interface TuningFlags {
  readonly unfreeze?: number | 'all'
  readonly lora?: number
  readonly strategy?: 'joint' | 'contrastive'
  readonly epochs?: number
  readonly learningRate?: number
}

/** Adds them to a command. */
export function withTuning(command: Command): Command {
  return command
    .option(
      '--unfreeze <n>',
      'tune the last n stages of the network as well, or all (see: headstart backbones)',
      stages,
    )
    .option('--lora <rank>', 'tune low-rank updates of their matrices instead of all their weights', wholeNumber)
    .addOption(new Option('--strategy <name>', 'how they are tuned (default: joint)').choices(['joint', 'contrastive']))
    .option('--epochs <n>', 'passes over the examples (default: by their number)', wholeNumber)
    .option(
      '--learning-rate <rate>',
      'of the last stage (default: 0.0003, contrastive 0.00015; with --lora ten times that)',
      number,
    )
}

/** What the flags ask for; undefined where they ask for none. Whoever says how to tune wants it tuned. */
export function tuningOf({ unfreeze, lora, strategy, epochs, learningRate }: TuningFlags): TuningOptions | undefined {
  if ([unfreeze, lora, strategy, epochs, learningRate].every((flag) => flag === undefined)) return undefined
  return {
    strategy: strategy ?? 'joint',
    ...(unfreeze !== undefined && { unfreeze }),
    ...(lora !== undefined && { lora: { rank: lora } }),
    ...(epochs !== undefined && { epochs }),
    ...(learningRate !== undefined && { learningRate }),
  }
}

/** File beside a model to be, in which the progress of its tuning is kept. */
export function checkpointOf(out: string): string {
  return `${out}.checkpoint`
}

function stages(text: string): number | 'all' {
  if (text === 'all') return text
  const count = wholeNumber(text)
  if (count > 0) return count
  throw new InvalidArgumentError('Expected a whole number from 1 on, or all.')
}
