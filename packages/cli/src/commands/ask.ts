import { type AnyTask, InputError, type Task, type Trained } from '@headstart/core'
import { expectationOf, modelFiles, OptionError } from '@headstart/core/kit'
import { Command } from 'commander'
import type { z } from 'zod'
import { openScreen, print } from '../console/screen.js'
import { say } from '../console/report-error.js'
import type { Session } from '../console/terminal.js'
import { textLines } from '../console/text-lines.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { runOf } from './common.js'

interface AskFlags {
  readonly json?: boolean
}

/** What the commands that ask are there for. */
const descriptions: Readonly<Record<string, string>> = {
  predict: 'answer inputs, one for each',
  recommend: 'recommend items to somebody who took others',
}

/**
 * `headstart predict MODEL INPUT...`, `headstart recommend MODEL --history ID,ID`: asks a saved model. A query that is a text is
 * a word of the command line; the fields of one that is an object are flags.
 */
export function askCommand(verb: string, task: AnyTask | undefined, session: Session): Command {
  const shape = task && shapeOf(task.query)
  const command = new Command(verb)
    .description(descriptions[verb] ?? 'ask a saved model')
    .argument('<model>', 'folder of the model')
    .allowUnknownOption(task === undefined)
  if (!task) {
    const like = session.tasks.filter((entry) => entry.verb === verb).map(({ name }) => name)
    command.argument('[input...]', `what is asked; flags and inputs by the model: headstart ${verb} MODEL --help`)
    command.addHelpText('after', `\nFor models of ${like.join(', ')}.`)
  } else if (task.verb !== verb) {
    // Whatever is given: `ask` says which command it is that asks such models.
    command.argument('[input...]').allowUnknownOption()
  } else if (shape) withFlags(command, [shape])
  else command.argument('[input...]', 'inputs; - reads one a line from stdin and writes one JSON a line')
  return command
    .option('--json', 'print one JSON object for each input, each on its line')
    .action(async (model: string, ...rest: unknown[]) => {
      const [inputs, flags] = rest.length > 2 ? (rest as [string[], AskFlags]) : [undefined, rest[0] as AskFlags]
      await ask(await taskOfModel(session.tasks, model, task), verb, model, inputs, flags, session)
    })
}

/** The fields of a query that is an object. */
export function shapeOf(query: z.ZodType): z.ZodObject['shape'] | undefined {
  return (query as Partial<z.ZodObject>).shape
}

async function ask<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  verb: string,
  folder: string,
  inputs: readonly string[] | undefined,
  flags: AskFlags,
  session: Session,
): Promise<void> {
  if (task.verb !== verb) {
    const remedy = `Try: ${session.program} ${task.verb} ${folder} ${task.example}`
    throw new OptionError(folder, `a model to ${verb} with`, `one of the task ${task.name}`, remedy)
  }
  if (inputs?.length === 0 && !shapeOf(task.query)) {
    const remedy = `Try: ${session.program} ${verb} ${folder} ${task.example}`
    throw new OptionError(`headstart ${verb}`, 'inputs, or - to read them from stdin', 'none', remedy)
  }
  const trained = await task.load(modelFiles(folder))
  const asking = { task, trained, session }
  if (shapeOf(task.query)) await askByFlags(asking, flags)
  else if (inputs?.length === 1 && inputs[0] === '-') {
    for await (const lines of textLines(session.stdin, 'stdin')) {
      if (lines.length > 0) await askWords(asking, lines, true)
    }
  } else await askWords(asking, inputs ?? [], flags.json ?? false)
  await trained.close()
}

interface Asking<Data, Query, Answer> {
  readonly task: Task<Data, Query, Answer>
  readonly trained: Trained<Data, Query, Answer>
  readonly session: Session
}

/** One answer for each word. */
async function askWords<Data, Query, Answer>(
  { task, trained, session }: Asking<Data, Query, Answer>,
  words: readonly string[],
  asJson: boolean,
): Promise<void> {
  const queries = words.map((word) => queryOf(task, word))
  const readable = queries.filter((query): query is Query => !(query instanceof InputError))
  const answers = (await trained.ask(readable, { signal: session.signal })).values()
  queries.forEach((query, place) => {
    const input = words[place] as string
    const answer = query instanceof InputError ? query : (answers.next().value as Answer | InputError)
    const isError = answer instanceof InputError
    if (isError) session.exitCode = 2
    if (isError && !asJson) return say(session.stderr, answer.message)
    const line = asJson
      ? JSON.stringify({ input, ...(isError ? { error: answer.message } : answer) })
      : `${trained.say(answer as Answer)}  ${input}`
    session.stdout.write(`${line}\n`)
  })
}

/** A word as a query; one that is none spoils no other. */
function queryOf<Query>({ query }: Pick<Task<never, Query, unknown>, 'query'>, word: string): Query | InputError {
  const { data, error } = query.safeParse(word)
  const [issue] = error?.issues ?? []
  return issue ? new InputError('input', expectationOf(issue), JSON.stringify(word), 'Leave it out.') : (data as Query)
}

/** One answer to one query. */
async function askByFlags<Data, Query, Answer>(
  { task, trained, session }: Asking<Data, Query, Answer>,
  flags: AskFlags,
): Promise<void> {
  const screen = openScreen(session)
  try {
    const [answer] = await trained.ask([task.query.parse(flags)], runOf({}, screen))
    if (answer === undefined || answer instanceof InputError) throw answer
    screen.end()
    const shown = { json: answer as object as Record<string, never>, text: () => trained.say(answer) }
    print(session, flags.json, shown, { task: task.name })
  } finally {
    screen.end()
  }
}
