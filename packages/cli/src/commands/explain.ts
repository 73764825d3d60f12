import { type AnyTask, InputError, type Task } from '@headstart/core'
import { explanationsPage, modelFiles, OptionError, writeFileAtomically } from '@headstart/core/kit'
import { Command } from 'commander'
import { say } from '../console/report-error.js'
import { print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { queryOf, refuseWords, shapeOf } from './ask.js'
import { refusePlaces } from './refuse-places.js'

interface ExplainFlags {
  readonly label?: string
  readonly html?: string
  readonly json?: boolean
}

/** `headstart explain MODEL INPUT...`: why a saved model answers as it does. */
export function explainCommand(task: AnyTask | undefined, session: Session): Command {
  const shape = task && shapeOf(task.query)
  const command = new Command('explain')
    .description('say why a saved model answers an input as it does')
    .argument('<model>', 'folder of the model')
    .argument('[input...]', shape ? 'what is asked, by flags' : 'inputs')
    .allowUnknownOption(task === undefined)
    .option('--label <name>', 'explain this answer, in place of the one that is given')
    .option('--html <file>', 'write a page that shows what the answers hang on')
    .option('--json', 'print one JSON object for each input, each on its line')
    .addHelpText(
      'after',
      '\nExamples:\n  headstart explain my-model "some text" --html why.html\n  headstart explain my-model some.jpg --json',
    )
  if (shape) withFlags(command, [shape])
  return command.action(async (model: string, inputs: string[], flags: ExplainFlags) =>
    explain(await taskOfModel(session.tasks, model, task), model, inputs, flags, session),
  )
}

async function explain<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  folder: string,
  words: readonly string[],
  flags: ExplainFlags,
  session: Session,
): Promise<void> {
  if (shapeOf(task.query)) refuseWords(words, `explain ${folder}`, task as AnyTask, session)
  const asked: readonly unknown[] = shapeOf(task.query) ? [flags] : words
  if (asked.length === 0) {
    const remedy = `Try: ${session.program} explain ${folder} ${task.example}`
    throw new OptionError('headstart explain', 'inputs', 'none', remedy)
  }
  if (task.queries && !shapeOf(task.query)) refusePlaces(words, task as AnyTask, undefined)
  const trained = await task.load(modelFiles(folder))
  try {
    if (!trained.explain) {
      throw new OptionError(
        folder,
        'a model that can say why',
        `one of the task ${task.name}`,
        `Try: ${session.program} ${task.verb} --help`,
      )
    }
    const sections: string[] = []
    for (const [place, word] of asked.entries()) {
      const query = queryOf(task, word)
      const explained =
        query instanceof InputError
          ? query
          : await trained.explain(query, { label: flags.label, signal: session.signal }).catch((error: unknown) => {
              if (error instanceof InputError) return error
              throw error
            })
      if (explained instanceof InputError) {
        session.exitCode = 2
        if (flags.json) session.stdout.write(`${JSON.stringify({ input: word, error: explained.message })}\n`)
        else say(session.stderr, explained.message)
        continue
      }
      if (place > 0 && !flags.json) session.stdout.write('\n')
      print(session, flags.json, explained)
      if (flags.html !== undefined) sections.push(await explained.section())
    }
    if (flags.html === undefined) return
    await writeFileAtomically(flags.html, Buffer.from(explanationsPage(sections)))
    if (!flags.json) session.stdout.write(`\nWritten: ${flags.html}\n`)
  } finally {
    await trained.close()
  }
}
