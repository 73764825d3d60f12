import { type AnyTask, compare, type Task } from '@headstart/core'
import type { Command } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { type CommonFlags, readData, runOf, taskCommand, taskOption, withCommon } from './common.js'

/** `headstart compare DATA`: the table of what pre-training is worth here. */
export function compareCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'compare',
    task,
    ['compare reviews.csv --task text', 'compare reviews.csv --task text --shots 8,64 --methods no-transfer,frozen'],
    ({ name }) => [`compare DATA --task ${name}`, `compare DATA --task ${name} --json`],
  )
    .description('measure what transfer learning is worth on your data')
    .argument('<data>', task?.dataHelp ?? 'your data')
    .addOption(taskOption(session))
  if (task) withFlags(command, [task.compare.options.shape, task.read.options.shape])
  return withCommon(command).action((data, flags) => compareOn(task as AnyTask, data, flags, session))
}

async function compareOn<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  path: string,
  flags: CommonFlags,
  session: Session,
): Promise<void> {
  const screen = openScreen(session)
  try {
    const run = runOf(flags, screen)
    const plan = await task.compare.run(await readData(task, path, flags, run, session), flags, run)
    const comparison = await compare(plan, run)
    screen.end()
    print(session, flags.json, comparison, { task: task.name })
  } finally {
    screen.end()
  }
}
