import type { AnyTask, Task } from '@headstart/core'
import { OptionError, writeFileAtomically } from '@headstart/core/kit'
import type { Command } from 'commander'
import { csvTable, withoutFormulas } from '../console/csv-table.js'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { type CommonFlags, runOf, seedOption, taskCommand, taskOption, withCommon } from './common.js'

interface CheckFlags extends CommonFlags {
  readonly html?: string
  readonly fix?: string
}

/** `headstart check DATA`: what is wrong with data, before anything is learned from them. */
export function checkCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'check',
    task,
    ['check reviews.csv --task text', 'check photos --task image --html check.html'],
    ({ name }) => [`check DATA --task ${name}`, `check DATA --task ${name} --html check.html --fix suspects.csv`],
  )
    .description('look for labels that are wrong, duplicates and whatever else is odd about your data')
    .argument('<data>', task?.dataHelp ?? 'your data')
    .addOption(taskOption(session))
    .option('--html <file>', 'write a page with all that was found, with pictures')
    .option('--fix <file>', 'write the examples to look at as a table (.csv)')
  if (task?.check) withFlags(command, [task.check.options.shape])
  return withCommon(withFlags(command, [seedOption])).action((data, flags) =>
    check(task as AnyTask, data, flags, session),
  )
}

async function check<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  path: string,
  flags: CheckFlags,
  session: Session,
): Promise<void> {
  if (!task.check) {
    const got = `"${task.name}", of whose data nothing is known beforehand`
    throw new OptionError('option "task"', 'a task whose data are checked', got, `See: ${session.program} train --help`)
  }
  if (flags.fix !== undefined && !/\.csv$/i.test(flags.fix))
    throw new OptionError('option "fix"', 'a file ending in .csv', flags.fix, 'Name it so.')
  const screen = openScreen(session)
  try {
    const checked = await task.check.run(path, flags, runOf(flags, screen))
    const written = { ...(flags.html && { html: flags.html }), ...(flags.fix && { fix: flags.fix }) }
    if (flags.html !== undefined) await writeFileAtomically(flags.html, Buffer.from(await checked.page()))
    if (flags.fix !== undefined)
      await writeFileAtomically(flags.fix, Buffer.from(csvTable(checked.suspects().map(withoutFormulas))))
    screen.end()
    const text = (): string => [checked.text(), ...Object.values(written).map((file) => `Written: ${file}`)].join('\n')
    print(session, flags.json, { json: { ...checked.json, ...written }, text }, { task: task.name })
  } finally {
    screen.end()
  }
}
