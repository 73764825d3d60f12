import { existsSync } from 'node:fs'
import { type AnyTask, type Run, startRun, type Task } from '@headstart/core'
import { Command, Option } from 'commander'
import { z } from 'zod'
import type { Screen } from '../console/screen.js'
import type { Session } from '../console/terminal.js'

/** Flags that most commands share. */
export interface CommonFlags {
  readonly cache?: boolean
  readonly json?: boolean
  readonly seed?: number
}

/**
 * A command about a task, whose flags follow when it is known which.
 * @param examples What follows its name: in general, and for a task.
 */
export function taskCommand(
  name: string,
  task: AnyTask | undefined,
  examples: readonly string[],
  ofTask: (task: AnyTask) => readonly string[],
): Command {
  const lines = (task ? ofTask(task) : examples).map((example) => `  headstart ${example}`)
  const more = task ? [] : ['', 'Other flags belong to a kind of input: add --task NAME, or a model, to --help.']
  return new Command(name).addHelpText('after', ['', 'Examples:', ...lines, ...more].join('\n'))
}

/** `--task`. */
export function taskOption({ tasks }: Session): Option {
  return new Option('--task <task>', 'kind of input; needed')
    .choices(tasks.map(({ name }) => name))
    .makeOptionMandatory()
}

/** `--seed`. */
export const seedOption = {
  seed: z
    .int({ error: 'expected a whole number' })
    .min(0, { error: 'expected a whole number from 0 on' })
    .optional()
    .describe('seed of everything random (default: 0)'),
}

/** Flags that stand at the end of every command on data. */
export function withCommon(command: Command): Command {
  return command
    .option('--no-cache', 'neither read nor write the feature cache')
    .option('--json', 'print one JSON object on stdout and nothing else there')
}

/** Reads DATA. Who has none is told where there are some. */
export async function readData<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  path: string | undefined,
  options: object,
  run: Run,
  session: Session,
): Promise<Data> {
  try {
    return await task.read.run(path, options, run)
  } catch (error) {
    const isMissing = path === undefined || !existsSync(path)
    if (isMissing && task.sample) session.hint = `No data yet? ${session.program} init ${task.name} writes some to try.`
    throw error
  }
}

/** A run as the flags say. */
export function runOf({ cache, seed = 0 }: CommonFlags, screen: Screen, options: Partial<Run> = {}): Run {
  return startRun({
    seed,
    signal: screen.signal,
    onEvent: screen.onEvent,
    ...(cache === false && { cache }),
    ...options,
  })
}
