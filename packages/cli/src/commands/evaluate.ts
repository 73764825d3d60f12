import { type AnyTask, type Task } from '@headstart/core'
import { modelFiles, OptionError, writeFileAtomically, queriesIn } from '@headstart/core/kit'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { type CommonFlags, readData, runOf, taskCommand, withCommon } from './common.js'

const whole = { error: 'expected a whole number from 1 on' }
/** `--explain`. */
const explaining = {
  explain: z.int(whole).min(1, whole).optional().describe('measure how faithful explanations of so many examples are'),
}

interface EvaluateFlags extends CommonFlags {
  readonly html?: string
  readonly outOfScope?: string
  readonly explain?: number
}

/** `headstart evaluate MODEL DATA`: the model's figures on data that it has not seen, beside the naive baseline. */
export function evaluateCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'evaluate',
    task,
    ['evaluate my-model more-reviews.csv', 'evaluate my-model more-reviews.csv --json'],
    () => ['evaluate my-model DATA', 'evaluate my-model DATA --json'],
  )
    .description('measure a saved model on data that it was not trained on')
    .argument('<model>', 'folder of the model')
    .argument('<data>', task?.dataHelp ?? 'data like those it was trained on')
    .addOption(
      new Option('--task <task>', 'kind of input (default: what the model is for)').choices(
        session.tasks.map(({ name }) => name),
      ),
    )
    .allowUnknownOption(task === undefined)
  if (task)
    withFlags(command, [
      task.read.options.shape,
      task.check ? explaining : {},
      task.asking?.shape.unknown ? { unknown: task.asking.shape.unknown } : {},
    ])
  if (task?.queries) {
    command.option('--out-of-scope <data>', 'a file or folder of inputs that do not belong: how well are they told?')
  }
  command.option('--html <file>', 'write a page with the figures and the examples behind them')
  return withCommon(command).action(async (model, data, flags) => {
    const own = await taskOfModel(session.tasks, model, task)
    if (flags.task !== undefined && flags.task !== own.name) {
      throw new OptionError(
        'option "task"',
        `${own.name}, for which the model was trained`,
        flags.task,
        'Leave it out.',
      )
    }
    await evaluate(own, model, data, flags, session)
  })
}

async function evaluate<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  path: string,
  flags: EvaluateFlags,
  session: Session,
): Promise<void> {
  const screen = openScreen(session)
  try {
    const run = runOf(flags, screen)
    const trained = await task.load(modelFiles(folder))
    const reading = { ...trained.reads, ...flags }
    const data = await readData(task, path, reading, run, session)
    const outOfScope =
      flags.outOfScope === undefined ? undefined : await queriesIn(task, flags.outOfScope, reading, run)
    const { unknown } = task.asking?.parse(flags) ?? {}
    const report = await trained.evaluate(data, {
      ...run,
      outOfScope,
      explain: flags.explain,
      ...(unknown !== undefined && { unknown }),
    })
    const { html } = flags
    if (html !== undefined) {
      if (!('page' in report)) {
        const remedy = 'Leave it out.'
        throw new OptionError('option "html"', 'a task whose figures can be shown as a page', task.name, remedy)
      }
      await writeFileAtomically(html, new TextEncoder().encode(await report.page()))
    }
    screen.end()
    const text = (): string => (html === undefined ? report.text() : `${report.text()}\n\nWritten: ${html}`)
    const json = { ...report.json, ...(html !== undefined && { html }) }
    print(session, flags.json, { json, text }, { task: task.name })
    await trained.close()
  } finally {
    screen.end()
  }
}
