import { extname, resolve } from 'node:path'
import {
  type AnyTask,
  type Asked,
  type Fills,
  InputError,
  type Queries,
  startRun,
  type Task,
  type TrainEvent,
  type Trained,
} from '@headstart/core'
import {
  counted,
  DataError,
  expectationOf,
  modelFiles,
  OptionError,
  parseJsonText,
  prepareToWrite,
  writeFileAtomically,
} from '@headstart/core/kit'
import { Command } from 'commander'
import type { z } from 'zod'
import { type AnswerRow, answerTable } from '../console/answer-rows.js'
import { openScreen, print } from '../console/screen.js'
import { say } from '../console/report-error.js'
import type { Session } from '../console/terminal.js'
import { textLines } from '../console/text-lines.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'
import { runOf } from './common.js'
import { refusePlaces } from './refuse-places.js'
import { runSharded, type ShardedFlags, withSharding } from './sharded.js'

interface AskFlags extends ShardedFlags {
  readonly jsonl?: boolean
}

/** What the commands that ask are there for. */
const descriptions: Readonly<Record<string, string>> = {
  predict: 'answer inputs, one for each',
  reply: 'answer what people write, or say that it does not know',
  recommend: 'recommend items to somebody who took others',
  translate: 'translate texts, one for each',
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
  } else if (shape) {
    command.argument('[input...]', 'none: what is asked is said by flags')
    withFlags(command, [shape, task.asking?.shape ?? {}, task.queries?.options.shape ?? {}])
    const flag = task.queries?.flag
    if (flag !== undefined) {
      command.option(`--${flag} <data>`, `answer all ${flag} of a table, in shards, into --out`)
      command.option('--out <path>', `with --${flag}: a file that ends in .parquet, .csv or .jsonl, or a folder`)
      withSharding(command)
    }
  } else {
    command.argument(
      '[input...]',
      `inputs; - reads one a line from stdin and writes one JSON a line${task.queries ? '; or one file or folder of inputs' : ''}`,
    )
    command.option('--jsonl', 'with -: each line is JSON, an input or {"input": ...}, so that it can have line breaks')
    if (task.asking) withFlags(command, [task.asking.shape])
    if (task.queries) {
      withFlags(command, [task.queries.options.shape])
      command.option(
        '--out <path>',
        `with a file or folder: write its columns and the answers to this .csv or .jsonl; in shards to a .parquet or a folder${task.fills ? `; ${task.fills.help}` : ''}`,
      )
      withSharding(command)
    } else if (task.fills) command.option('--out <file>', task.fills.help)
  }
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

/** @throws OptionError for words where a query is given by flags. */
export function refuseWords(words: readonly string[], command: string, task: AnyTask, session: Session): void {
  if (words[0] === undefined) return
  const remedy = `Try: ${session.program} ${command} ${task.example}`
  throw new OptionError(`headstart ${command}`, 'what is asked as flags', `"${words[0]}"`, remedy)
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
  if (shapeOf(task.query)) refuseWords(inputs ?? [], `${verb} ${folder}`, task as AnyTask, session)
  const [from] = inputs?.length === 1 ? inputs : []
  const { out } = flags
  if (task.fills && from !== undefined && out !== undefined) {
    const places = task.fills.fits(from, out) ? [{ from, to: out }] : await task.fills.inFolder(from, out)
    if (places.length > 0) return fill(task, task.fills, { folder, places }, flags, session)
  }
  const place = shardedPlace(task as AnyTask, inputs, flags)
  if (place !== undefined) {
    const work = { kind: 'ask', task: task as AnyTask, model: resolve(folder), place } as const
    return runSharded(work, flags, session)
  }
  if (inputs?.length === 0 && !shapeOf(task.query)) {
    const remedy = `Try: ${session.program} ${verb} ${folder} ${task.example}`
    throw new OptionError(`headstart ${verb}`, 'inputs, or - to read them from stdin', 'none', remedy)
  }
  const trained = await task.load(modelFiles(folder))
  const asking = { task, trained, session, ask: askWith(trained, flags, session) }
  if (shapeOf(task.query)) await askByFlags(asking, flags)
  else if (inputs?.length === 1 && inputs[0] === '-') {
    for await (const lines of textLines(session.stdin, 'stdin')) {
      const said = flags.jsonl ? lines.filter((line) => line.trim() !== '') : lines
      if (said.length > 0) await askWords(asking, said.map(flags.jsonl ? valueOf : String), true)
    }
  } else if (inputs?.length === 1 && (await task.queries?.holds(inputs[0] as string))) {
    await askPlace(asking, task.queries as Queries<Query>, inputs[0] as string, flags).catch((error: unknown) => {
      const place = inputs[0] as string
      if (!(error instanceof DataError && task.fills?.fits(place, place) && flags.out === undefined)) throw error
      session.hint = `As a table it cannot be read either: ${error.message}`
      const expected = `the file that the answers to ${place} go to, as it is read as ${task.fills.what}`
      const remedy = `Say it: ${session.program} ${verb} ${folder} ${place} --out TO${extname(place)}`
      throw new OptionError('option "out"', expected, 'none', remedy, { cause: error })
    })
  } else if (flags.out !== undefined) {
    const remedy = `Try: ${session.program} ${verb} ${folder} FILE --out ${flags.out}`
    throw new OptionError('option "out"', 'one file or folder of inputs', `${inputs?.length ?? 0} inputs`, remedy)
  } else {
    if (task.queries) refusePlaces(inputs ?? [], task as AnyTask, `${session.program} ${verb} ${folder}`)
    await askWords(asking, inputs ?? [], flags.json ?? false)
  }
  await trained.close()
}

/** Answers what is missing in files of answers, and puts it there. */
async function fill<Data, Query, Answer>(
  task: Task<Data, Query, Answer>,
  fills: Fills<Query, Answer>,
  {
    folder,
    places,
  }: { readonly folder: string; readonly places: readonly { readonly from: string; readonly to: string }[] },
  flags: AskFlags,
  session: Session,
): Promise<void> {
  const open = []
  for (const { from, to } of places) {
    open.push({ from, to, gaps: await fills.open(from, to) })
    await prepareToWrite(to, 'file')
  }
  const trained = await task.load(modelFiles(folder))
  try {
    const answersTo = askWith(trained, flags, session)
    for (const { from, to, gaps } of open) {
      const answers = gaps.queries.length > 0 ? await answersTo(gaps.queries) : []
      const errors = answers.filter((answer) => answer instanceof InputError)
      for (const error of errors) say(session.stderr, error.message)
      if (errors.length > 0) session.exitCode = 2
      const { bytes, remarks, filled: count } = gaps.filled(answers)
      if (count > 0) await writeFileAtomically(to, bytes)
      const json = { from, out: to, filled: count, kept: gaps.kept, remarks: [...remarks] }
      const text = (): string => [...remarks, `${count} filled in, ${gaps.kept} kept as they were: ${to}`].join('\n')
      print(session, flags.json, { json, text }, { task: task.name })
    }
  } finally {
    await trained.close()
  }
}

/**
 * The place whose queries are to be answered in shards: one that a flag of its own names, or the only word where answers go to a folder
 * or a Parquet file.
 */
function shardedPlace(
  { queries }: Pick<AnyTask, 'queries'>,
  inputs: readonly string[] | undefined,
  flags: AskFlags,
): string | undefined {
  const named = queries?.flag === undefined ? undefined : (flags as Readonly<Record<string, unknown>>)[queries.flag]
  if (typeof named === 'string') {
    if (flags.out !== undefined) return named
    throw new OptionError(
      'option "out"',
      'a file that ends in .parquet, .csv or .jsonl, or a folder',
      'none',
      'Name it.',
    )
  }
  if (flags.out === undefined || inputs?.length !== 1 || inputs[0] === '-') return undefined
  return formatOf(flags.out) === undefined ? inputs[0] : undefined
}

/** Answers queries with what the flags ask beside them, and shows how far that is. What is said of it as a whole is said once. */
function askWith<Data, Query, Answer>(
  trained: Trained<Data, Query, Answer>,
  flags: object,
  session: Session,
): Asking<Data, Query, Answer>['ask'] {
  const { asks } = trained
  const { signal } = session
  const said = new Set<string>()
  const screen = openScreen(session)
  const onEvent = (event: TrainEvent): void => {
    if (event.type === 'notice' ? said.has(event.message) : event.type !== 'rows') return
    if (event.type === 'notice') said.add(event.message)
    screen.onEvent(event)
  }
  return async (queries) => {
    try {
      return await (asks ? asks.run(queries, flags, startRun({ signal, onEvent })) : trained.ask(queries, { signal }))
    } finally {
      screen.end()
    }
  }
}

interface Asking<Data, Query, Answer> {
  readonly task: Task<Data, Query, Answer>
  readonly trained: Trained<Data, Query, Answer>
  readonly session: Session
  ask(queries: readonly Query[]): Promise<(Answer | InputError)[]>
}

/** One answer for each word. */
async function askWords<Data, Query, Answer>(
  { task, trained, session, ask: answersTo }: Asking<Data, Query, Answer>,
  words: readonly unknown[],
  asJson: boolean,
): Promise<void> {
  const queries = words.map((word) => queryOf(task, word))
  const readable = queries.filter((query): query is Query => !(query instanceof InputError))
  const answers = (await answersTo(readable)).values()
  queries.forEach((query, place) => {
    const input = words[place] instanceof InputError ? null : words[place]
    const answer = query instanceof InputError ? query : (answers.next().value as Answer | InputError)
    const isError = answer instanceof InputError
    if (isError) session.exitCode = 2
    if (isError && !asJson) return say(session.stderr, answer.message)
    const line = asJson
      ? JSON.stringify({ input, ...(isError ? { error: answer.message } : answer) })
      : `${trained.say(answer as Answer)}  ${String(input)}`
    session.stdout.write(`${line}\n`)
  })
}

/** A word as a query; one that is none spoils no other. */
export function queryOf<Query>(
  { query }: Pick<Task<never, Query, unknown>, 'query'>,
  word: unknown,
): Query | InputError {
  if (word instanceof InputError) return word
  const { data, error } = query.safeParse(word)
  const [issue] = error?.issues ?? []
  return issue ? new InputError('input', expectationOf(issue), JSON.stringify(word), 'Leave it out.') : (data as Query)
}

/** What a line of JSON asks: itself, or its `input`. */
function valueOf(line: string): unknown {
  try {
    const value: unknown = parseJsonText(line)
    return typeof value === 'object' && value !== null && 'input' in value ? value.input : value
  } catch {
    return new InputError('input', 'a line of JSON', line.slice(0, 60), 'Put quotes around a text: "like this".')
  }
}

/** Rows that are answered at once. */
const atOnce = 1024

/** One answer for each query that lies in a place. */
async function askPlace<Data, Query, Answer>(
  { trained, session, ask: answersTo }: Asking<Data, Query, Answer>,
  queries: Queries<Query>,
  path: string,
  flags: AskFlags,
): Promise<void> {
  const format = formatOf(flags.out)
  if (flags.out !== undefined) await prepareToWrite(flags.out, 'file')
  const screen = openScreen(session)
  const rows: AnswerRow[] = []
  let count = 0
  const answer = async (asked: readonly Asked<Query>[]): Promise<void> => {
    const readable = asked.flatMap(({ query }) => (query instanceof InputError ? [] : [query]))
    const answers = (await answersTo(readable)).values()
    for (const { query, columns } of asked) {
      count++
      const said = query instanceof InputError ? query : (answers.next().value as Answer | InputError)
      const isError = said instanceof InputError
      if (isError) session.exitCode = 2
      if (isError && !flags.json) say(session.stderr, said.message)
      if (format) rows.push({ columns, answer: said as object | InputError })
      else if (flags.json) {
        const json = {
          input: query instanceof InputError ? null : query,
          ...(isError ? { error: said.message } : said),
        }
        session.stdout.write(`${JSON.stringify(json)}\n`)
      } else if (!isError) session.stdout.write(`${trained.say(said)}  ${JSON.stringify(query)}\n`)
    }
  }
  try {
    let batch: Asked<Query>[] = []
    for await (const asked of await queries.run(path, { ...trained.reads, ...flags }, runOf({}, screen))) {
      batch.push(asked)
      if (batch.length < atOnce) continue
      await answer(batch)
      batch = []
    }
    await answer(batch)
  } finally {
    screen.end()
  }
  if (!format || flags.out === undefined) return
  await writeFileAtomically(flags.out, new TextEncoder().encode(answerTable(rows, format)))
  session.stdout.write(`${counted(count, 'answer')} in ${flags.out}\n`)
}

/** Tables of answers that are written as a whole. */
const formats: Readonly<Record<string, 'csv' | 'jsonl'>> = { '.csv': 'csv', '.jsonl': 'jsonl' }

function formatOf(path: string | undefined): 'csv' | 'jsonl' | undefined {
  if (path === undefined) return undefined
  const ending = extname(path).toLowerCase()
  const format = formats[ending]
  if (format || ending === '' || ending === '.parquet') return format
  const expected = 'a file ending in .csv, .jsonl or .parquet, or a folder'
  throw new OptionError('option "out"', expected, `"${path}"`, 'Name such a file.')
}

/** One answer to one query. */
async function askByFlags<Data, Query, Answer>(
  { task, trained, session }: Asking<Data, Query, Answer>,
  flags: AskFlags,
): Promise<void> {
  const screen = openScreen(session)
  try {
    const [queries, run] = [[task.query.parse(flags)], runOf({}, screen)]
    const [answer] = await (trained.asks ? trained.asks.run(queries, flags, run) : trained.ask(queries, run))
    if (answer === undefined || answer instanceof InputError) throw answer
    screen.end()
    const shown = { json: answer as object as Record<string, never>, text: () => trained.say(answer) }
    print(session, flags.json, shown, { task: task.name })
  } finally {
    screen.end()
  }
}
