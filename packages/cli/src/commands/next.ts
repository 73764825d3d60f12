import { type AnyTask, type Task } from '@headstart/core'
import { modelFiles, OptionError, queriesIn } from '@headstart/core/kit'
import { Command } from 'commander'
import { z } from 'zod'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { type CommonFlags, runOf, withCommon } from './common.js'

interface NextFlags extends CommonFlags {
  readonly count?: number
}

const whole = { error: 'expected a whole number from 1 on' }
const flags = { count: z.int(whole).min(1, whole).default(20).describe('how many') }

/** `headstart next MODEL UNLABELLED`: what to label next. */
export function nextCommand(task: AnyTask | undefined, session: Session): Command {
  const command = new Command('next')
    .description('choose what to label next')
    .argument('<model>', 'folder of the model')
    .argument('<unlabelled>', 'a file or folder of inputs without labels')
    .addHelpText('after', '\nExample:\n  headstart next my-model unlabelled.csv --count 20')
    .allowUnknownOption(task === undefined)
  withFlags(command, [flags, task?.queries?.options.shape ?? {}])
  return withCommon(command).action(async (model: string, place: string, given: NextFlags) => {
    await choose(await taskOfModel(session.tasks, model, task), model, place, given, session)
  })
}

async function choose<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  place: string,
  given: NextFlags,
  session: Session,
): Promise<void> {
  const screen = openScreen(session)
  const trained = await task.load(modelFiles(folder))
  try {
    if (!trained.next) {
      throw new OptionError(folder, 'a model of labeled examples', `one of the task ${task.name}`, 'Give such a model.')
    }
    const run = runOf(given, screen)
    const queries = await queriesIn(task, place, { ...trained.reads, ...given }, run)
    const shown = await trained.next(queries, { signal: run.signal, onEvent: run.onEvent, count: given.count ?? 20 })
    screen.end()
    print(session, given.json, shown, { task: task.name })
  } finally {
    screen.end()
    await trained.close()
  }
}
