import { join } from 'node:path'
import { type AnyTask, type Sample, type Task } from '@headstart/core'
import { FileError, OptionError, writeFolderAtomically } from '@headstart/core/kit'
import { Argument, Command } from 'commander'
import { print } from '../console/screen.js'
import { shellWord } from '../console/shell-word.js'
import type { Session } from '../console/terminal.js'
import { wordsOf } from '../flags.js'
import { shapeOf } from './ask.js'

interface InitFlags {
  readonly json?: boolean
}

/** `headstart init TASK [FOLDER]`: writes a small data set of the task's own, and says what to do with it. */
export function initCommand(session: Session): Command {
  return new Command('init')
    .description('write a small data set to try things on, and say which commands follow')
    .addArgument(new Argument('[task]', 'kind of input').choices(session.tasks.map(({ name }) => name)))
    .argument('[folder]', 'where to write it; nothing must stand there (default: its name)')
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action((name: string | undefined, folder: string | undefined, flags: InitFlags) =>
      name === undefined ? listSamples(flags, session) : writeSample(name, folder, flags, session),
    )
}

/** A task that has data to begin with. */
type SampleTask<Query> = Task<unknown, Query, unknown> & { readonly sample: Sample<Query> }

async function tasksWithSamples({ tasks }: Session): Promise<SampleTask<unknown>[]> {
  const all = await Promise.all(tasks.map(({ load }) => load()))
  return all.filter((task: AnyTask): task is SampleTask<unknown> => task.sample !== undefined)
}

async function listSamples({ json }: InitFlags, session: Session): Promise<void> {
  const samples = (await tasksWithSamples(session)).map(({ name, sample }) => ({
    task: name,
    folder: sample.name,
    description: sample.description,
  }))
  const width = Math.max(...samples.map(({ task }) => task.length))
  const lines = samples.map(
    ({ task, description }) => `  ${session.program} init ${task.padEnd(width)}  ${description}`,
  )
  const text = (): string => ['Each of these writes a folder of data to try things on:', ...lines].join('\n')
  print(session, json, { json: { samples }, text })
}

async function writeSample(
  name: string,
  path: string | undefined,
  { json }: InitFlags,
  session: Session,
): Promise<void> {
  const samples = await tasksWithSamples(session)
  const task = samples.find((one) => one.name === name)
  if (!task) {
    const expected =
      samples.length > 0
        ? `a task with data to try: ${samples.map((one) => one.name).join(', ')}`
        : 'a task with data to try'
    throw new OptionError('headstart init', expected, `${name}, which has none`, 'Begin with your own data.')
  }
  const { sample } = task
  const folder = path ?? sample.name
  const files = await sample.files()
  // What stands there may be somebody's work.
  const replace = async (): Promise<void> => {
    const remedy = `Nothing was changed: name another one, as in ${session.program} init ${name} FOLDER.`
    throw new FileError('input', folder, 'a folder that is not there yet', 'one that is', remedy)
  }
  await writeFolderAtomically(folder, files, { signal: session.signal, replace })
  const steps = commandsOf(task, folder, [...files.keys()])
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const described = { task: name, folder, description: sample.description, files: [...files.keys()], bytes }
  const commands = steps.map(([, words]) => words.map(shellWord).join(' '))
  const text = (): string =>
    [
      `${sample.description} ${files.size} files, ${Math.ceil(bytes / 1000)} kB, in ${folder}.`,
      '',
      ...steps.flatMap(([what], place) => [`${what}:`, `  ${session.program} ${commands[place]}`]),
      '',
      `Your own data look like these: ${task.dataHelp}.`,
    ].join('\n')
  print(session, json, { json: { ...described, commands: commands.map((command) => `headstart ${command}`) }, text })
}

/** The commands that follow, and what each is there for. */
function commandsOf<Query>(
  { name, verb, query, compare, sample }: SampleTask<Query>,
  folder: string,
  files: readonly string[],
): [what: string, words: string[]][] {
  const model = `${join(folder)}-model`
  const inside = (path: string): string => join(folder, path)
  const shape = shapeOf(query)
  const asked = sample.query
  const words = shape ? wordsOf(asked as object as Record<string, unknown>, shape) : [String(asked)]
  return [
    ['Learn from them', ['train', inside(sample.train), '--task', name, '--out', model]],
    [
      sample.test === sample.train ? 'Measure what was learned' : 'Measure it on some that it has not seen',
      ['evaluate', model, inside(sample.test)],
    ],
    ['Ask it', [verb, model, ...words.map((word) => (files.includes(word) ? inside(word) : word))]],
    [
      'See what transfer is worth here',
      ['compare', inside(sample.train), '--task', name, ...wordsOf(sample.comparing, compare.options.shape)],
    ],
  ]
}
