import { type AnyTask, InputError, type Run, type Task } from '@headstart/core'
import { OptionError, queriesIn } from '@headstart/core/kit'
import { Command } from 'commander'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { queryOf } from './ask.js'
import { withCommon } from './common.js'
import { saveTaught, type TaughtFlags } from './taught.js'

/** `headstart forget MODEL INPUT...`: the model that never saw some of its training examples. */
export function forgetCommand(task: AnyTask | undefined, session: Session): Command {
  const command = new Command('forget')
    .description('make a saved model the one that never saw some of its training examples (see: train --keep)')
    .argument('<model>', 'folder of the model, which was trained with --keep')
    .argument('<input...>', 'training examples as they were given: texts, pictures; or files and folders of them')
    .option('--out <folder>', 'where to save the model (default: in place of the model)')
    .addHelpText(
      'after',
      '\nExamples:\n  headstart forget my-model "I want my data deleted."\n  headstart forget my-model withdrawn.csv --out next-model',
    )
    .allowUnknownOption(task === undefined)
  if (task?.queries) withFlags(command, [task.queries.options.shape])
  return withCommon(command).action(async (model, words, flags) =>
    forget(await taskOfModel(session.tasks, model, task), model, words, flags, session),
  )
}

async function forget<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  words: readonly string[],
  flags: TaughtFlags,
  session: Session,
): Promise<void> {
  await saveTaught(task, folder, flags, session, async (trained, run) => {
    if (!trained.forget) {
      const remedy = 'Train it again without them.'
      throw new OptionError(folder, 'a model that can forget', `one for ${task.name}`, remedy)
    }
    const inputs = await Promise.all(words.map((word) => inputsOf(task, word, { ...trained.reads, ...flags }, run)))
    return trained.forget(inputs.flat(), run)
  })
}

/** One input, or all that lie in a place. What cannot be read would stay: it is an error. */
async function inputsOf<Query>(
  task: Pick<Task<never, Query, unknown>, 'query' | 'queries' | 'name'>,
  word: string,
  flags: object,
  run: Run,
): Promise<Query[]> {
  if (await task.queries?.holds(word)) return queriesIn(task, word, flags, run)
  const query = queryOf(task, word)
  if (query instanceof InputError) throw query
  return [query]
}
