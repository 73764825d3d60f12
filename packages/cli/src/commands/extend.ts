import { type AnyTask, type Task } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import type { Command } from 'commander'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { readData, taskCommand, withCommon } from './common.js'
import { saveTaught, type TaughtFlags } from './taught.js'

/** `headstart extend MODEL DATA`: the model learns what is new, without a new training. */
export function extendCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'extend',
    task,
    ['extend my-model more-reviews.csv', 'extend shop-model last-hour --out next-model'],
    () => ['extend my-model DATA', 'extend my-model DATA --out next-model'],
  )
    .alias('update')
    .description('have a saved model learn from more data as well, without training it again (see: train --keep)')
    .argument('<model>', 'folder of the model, which was trained with --keep')
    .argument('<data>', 'what is new, of the same kind as its training data')
    .option('--out <folder>', 'where to save the model (default: in place of the model)')
    .allowUnknownOption(task === undefined)
  if (task) withFlags(command, [task.read.options.shape])
  return withCommon(command).action(async (model, data, flags) =>
    extend(await taskOfModel(session.tasks, model, task), model, data, flags, session),
  )
}

async function extend<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  path: string,
  flags: TaughtFlags,
  session: Session,
): Promise<void> {
  await saveTaught(task, folder, flags, session, async (trained, run) => {
    if (!trained.extend) {
      const remedy = 'Train it again with all data.'
      throw new OptionError(folder, 'a model that can learn more', `one for ${task.name}`, remedy)
    }
    return trained.extend(await readData(task, path, { ...trained.reads, ...flags }, run, session), run)
  })
}
