import { type AnyTask, type Task } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import type { Command } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { type CommonFlags, readData, runOf, seedOption, taskCommand, taskOption, withCommon } from './common.js'

/** `headstart curve DATA`: what more labels would give. */
export function curveCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'curve',
    task,
    ['curve reviews.csv --task text', 'curve reviews.csv --task text --more 200'],
    ({ name }) => [`curve DATA --task ${name}`, `curve DATA --task ${name} --more 200`],
  )
    .description('foresee what more labels would give')
    .argument('<data>', task?.dataHelp ?? 'your data')
    .addOption(taskOption(session))
  if (task) withFlags(command, [task.curve?.options.shape ?? {}, task.read.options.shape])
  return withCommon(withFlags(command, [seedOption])).action((data, flags) =>
    foresee(task as AnyTask, data, flags, session),
  )
}

async function foresee<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  path: string,
  flags: CommonFlags,
  session: Session,
): Promise<void> {
  const { curve } = task
  if (!curve) {
    const remedy = 'Use compare, or give labeled examples.'
    throw new OptionError('option "task"', 'a task of labeled examples', task.name, remedy)
  }
  const screen = openScreen(session)
  try {
    const run = runOf(flags, screen)
    const shown = await curve.run(await readData(task, path, flags, run, session), flags, run)
    screen.end()
    print(session, flags.json, shown, { task: task.name })
  } finally {
    screen.end()
  }
}
