import { basename, join, resolve } from 'node:path'
import { type AnyTask, type Task } from '@headstart/core'
import { modelFiles, OptionError, prepareToWrite, writeModelFolder, queriesIn } from '@headstart/core/kit'
import { Command } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { type CommonFlags, runOf, seedOption, withCommon } from './common.js'

interface DistillFlags extends CommonFlags {
  readonly out?: string
}

/** `headstart distill MODEL UNLABELLED`: a student that answers as the model does, in less time. */
export function distillCommand(task: AnyTask | undefined, session: Session): Command {
  const command = new Command('distill')
    .description('teach a quicker student to answer as a model does, where it can')
    .argument('<model>', 'folder of the model')
    .argument('<unlabelled>', 'a file or folder of inputs without labels, of the kind that is asked')
    .option('--out <folder>', 'where to save the student (default: beside the model, under its name and -student)')
    .addHelpText('after', '\nExample:\n  headstart distill my-model unlabelled.csv --out my-student')
    .allowUnknownOption(task === undefined)
  withFlags(command, [task?.queries?.options.shape ?? {}, seedOption])
  return withCommon(command).action(async (model: string, place: string, given: DistillFlags) => {
    await teach(await taskOfModel(session.tasks, model, task), model, place, given, session)
  })
}

async function teach<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  place: string,
  given: DistillFlags,
  session: Session,
): Promise<void> {
  const screen = openScreen(session)
  const model = await task.load(modelFiles(folder))
  try {
    if (!task.distill) {
      throw new OptionError(folder, 'a model of a kind that has a student', `one of the task ${task.name}`, 'Keep it.')
    }
    const out = given.out ?? join(folder, '..', `${basename(resolve(folder))}-student`)
    await prepareToWrite(out, 'folder')
    const run = runOf(given, screen)
    const queries = await queriesIn(task, place, { ...model.reads, ...given }, run)
    const student = await task.distill(model, queries, run)
    try {
      await writeModelFolder(out, await student.pack(), { signal: session.signal })
      screen.end()
      const { json } = student.describe()
      const share = `${(100 * Number(json['agreement'])).toFixed(1)} %`
      const text = (): string =>
        `${out}: a student of ${folder}, which says the same for ${share} of ${queries.length} held-out inputs.`
      print(session, given.json, { json: { ...json, model: folder, out }, text }, { task: task.name })
    } finally {
      await student.close()
    }
  } finally {
    screen.end()
    await model.close()
  }
}
