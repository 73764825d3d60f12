import { type AnyTask, type ListedNetwork } from '@headstart/core'
import { counted, describeNetwork, OptionError, textTable } from '@headstart/core/kit'
import { fetchModel, ModelFilesError, type ModelFolder } from '@headstart/hub'
import { Command, Option } from 'commander'
import { openScreen, print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'

interface BackbonesFlags {
  readonly task?: string
  readonly json?: boolean
}

/** Of a float32. */
const bytesOfWeight = 4

/** `headstart backbones`: the pre-trained networks that can be frozen; one of them; one fetched ahead of time. */
export function backbonesCommand(session: Session): Command {
  const command = new Command('backbones')
    .description('list the pre-trained networks, or the stages of one of them')
    .argument('[id]', 'one of the list, an id on the hub (org/name), or the path of a folder')
    .addOption(
      new Option('--task <task>', 'kind of input (default: from the list, else text)').choices(
        session.tasks.map(({ name }) => name),
      ),
    )
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action((id, flags) => (id === undefined ? listNetworks(flags, session) : showNetwork(id, flags, session)))
  command
    .command('add')
    .description('fetch a published network, or its newest version, ahead of time')
    .argument('<id>', 'id on the hub (org/name)')
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action((id, _, own: Command) => addNetwork(id, own.optsWithGlobals(), session))
  return command
}

/** A task that begins with one of several networks. */
type NetworkTask = AnyTask & Required<Pick<AnyTask, 'networks'>>

async function tasksWithNetworks({ tasks }: Session, name?: string): Promise<NetworkTask[]> {
  const all = await Promise.all(tasks.map(({ load }) => load()))
  const some = all.filter((task): task is NetworkTask => task.networks !== undefined)
  if (name === undefined) return some
  const named = some.filter((task) => task.name === name)
  if (named.length > 0) return named
  const expected = `one of ${some.map((task) => task.name).join(', ')}`
  throw new OptionError('option "task"', expected, name, 'Its models do not begin with a network that is chosen.')
}

async function listNetworks({ task: name, json }: BackbonesFlags, session: Session): Promise<void> {
  const entries = (await tasksWithNetworks(session, name)).flatMap((task) =>
    task.networks.listed.map(({ id, features, stages, license, description, parameters }: ListedNetwork) => ({
      task: task.name,
      id,
      features,
      stages,
      license,
      description,
      download: parameters === undefined ? 0 : parameters * bytesOfWeight,
    })),
  )
  const tasksOf = (id: string): string =>
    entries
      .filter((entry) => entry.id === id)
      .map(({ task }) => task)
      .join(', ')
  const once = entries.filter(({ id }, place) => entries.findIndex((entry) => entry.id === id) === place)
  const text = (): string =>
    [
      textTable([
        ['id', 'task', 'features', 'stages', 'download', 'license', 'for'],
        ...once.map((entry) => [
          entry.id,
          tasksOf(entry.id),
          String(entry.features),
          String(entry.stages),
          entry.download === 0 ? 'built in' : `${Math.round(entry.download / 1e6)} MB`,
          entry.license,
          entry.description,
        ]),
      ]),
      'Any other encoder that is published for Transformers.js opens by its id or the path of its folder.',
    ].join('\n')
  print(session, json, { json: { backbones: entries }, text })
}

/** The stages of a network, and the parameters of each. */
async function showNetwork(id: string, { task: name, json }: BackbonesFlags, session: Session): Promise<void> {
  const screen = openScreen(session)
  try {
    const tasks = await tasksWithNetworks(session, name)
    const task = tasks.find(({ networks }) => networks.listed.some((one) => one.id === id)) ?? (tasks[0] as NetworkTask)
    const backbone = await task.networks.open(id, screen)
    screen.end()
    const { parameters, stages } = describeNetwork(backbone.network)
    const text = (): string =>
      [
        `${backbone.id}: ${backbone.featureSize} features, ${millions(parameters)} parameters, in stages from input to output:`,
        textTable([['stage', 'parameters'], ...stages.map((stage) => [stage.name, millions(stage.parameters)])]),
      ].join('\n')
    const figures = { id: backbone.id, task: task.name, features: backbone.featureSize, parameters }
    print(session, json, { json: { ...figures, stages: stages.map((stage) => ({ ...stage })) }, text })
  } finally {
    screen.end()
  }
}

/** Fetches a model of the hub, or its newest version: of a pair both sides, whichever tasks read them; of a translator all networks. */
async function addNetwork(id: string, { json }: BackbonesFlags, session: Session): Promise<void> {
  const screen = openScreen(session)
  try {
    const options = {
      signal: session.signal,
      onNotice: (message: string) => screen.onEvent({ type: 'notice', message }),
      onProgress: ({ done, total }: { done: number; total: number }) =>
        screen.onEvent({ type: 'download', done, total }),
    }
    let folder: ModelFolder | undefined
    let refused: unknown
    let begins = ''
    const all = await Promise.all(session.tasks.map(({ load }) => load()))
    const choices = all.flatMap(({ name, networks, beginsWith: kind }) => [
      ...(networks ? [{ choice: { parts: networks.parts }, flags: '' }] : []),
      ...(kind ? [{ choice: { kind }, flags: `--task ${name} ` }] : []),
    ])
    for (const { choice, flags } of choices) {
      try {
        const found = await fetchModel(id, { ...options, ...choice, refresh: folder === undefined })
        if (!folder) begins = flags
        folder = found
      } catch (error) {
        if (!(error instanceof ModelFilesError)) throw error
        refused ??= error
      }
    }
    if (!folder) throw refused
    screen.end()
    const { names, path } = folder
    const sizes = await Promise.all(names.map((name) => (folder as ModelFolder).size(name)))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const text = (): string =>
      [
        `${id}: ${counted(names.length, 'file')}, ${(bytes / 1e6).toFixed(1)} MB, in ${path}`,
        `Use it: ${begins}--backbone ${id}`,
      ].join('\n')
    print(session, json, { json: { id, folder: path, files: names, bytes }, text })
  } finally {
    screen.end()
  }
}

function millions(count: number): string {
  return count >= 1e5 ? `${(count / 1e6).toFixed(1)} M` : String(count)
}
