import { type AnyTask, type Task } from '@headstart/core'
import { modelFiles, OptionError, prepareModelFolder, writeModelFolder } from '@headstart/core/kit'
import type { Command } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { type CommonFlags, readData, runOf, taskCommand, withCommon } from './common.js'

interface ExtendFlags extends CommonFlags {
  readonly out?: string
}

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
  flags: ExtendFlags,
  session: Session,
): Promise<void> {
  const { out = folder, json } = flags
  const screen = openScreen(session)
  try {
    await prepareModelFolder(out)
    const started = performance.now()
    const trained = await task.load(modelFiles(folder))
    if (!trained.extend) {
      const remedy = 'Train it again with all data.'
      throw new OptionError(folder, 'a model that can learn more', `one for ${task.name}`, remedy)
    }
    const run = runOf(flags, screen)
    const data = await readData(task, path, { ...trained.reads, ...flags }, run, session)
    const extended = await trained.extend(data, run)
    await writeModelFolder(out, await extended.pack(), { signal: session.signal })
    const seconds = (performance.now() - started) / 1000
    screen.end()
    const described = extended.describe()
    const text = (): string => [described.text(), '', `Saved in ${out}, after ${seconds.toFixed(1)} s.`].join('\n')
    print(session, json, { json: { ...described.json, model: out, seconds }, text }, { task: task.name })
    await extended.close()
    await trained.close()
  } finally {
    screen.end()
  }
}
