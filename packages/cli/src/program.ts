import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyTask } from '@headstart/core'
import { Command } from 'commander'
import { askCommand } from './commands/ask.js'
import { backbonesCommand } from './commands/backbones.js'
import { cardCommand } from './commands/card.js'
import { checkCommand } from './commands/check.js'
import { compareCommand } from './commands/compare.js'
import { curveCommand } from './commands/curve.js'
import { distillCommand } from './commands/distill.js'
import { embedCommand } from './commands/embed.js'
import { evaluateCommand } from './commands/evaluate.js'
import { explainCommand } from './commands/explain.js'
import { exportCommand } from './commands/export.js'
import { extendCommand } from './commands/extend.js'
import { forgetCommand } from './commands/forget.js'
import { initCommand } from './commands/init.js'
import { nextCommand } from './commands/next.js'
import { serveCommand } from './commands/serve.js'
import { studioCommand } from './commands/studio.js'
import { trainCommand } from './commands/train.js'
import { workerCommand } from './commands/worker.js'
import type { Session } from './console/terminal.js'
import { type TaskEntry, taskNamed, taskOfModel } from './tasks.js'
import { version } from './version.js'

const help = `
Begin with data that come with it, and the commands that follow:
  headstart init text

Or with your own:
  headstart train reviews.csv --task text --out my-model
  headstart predict my-model "Would buy again."

Environment:
  HEADSTART_OFFLINE=1   forbids the network
  HEADSTART_CACHE       folder of the caches: features and published networks
  HEADSTART_MODELS_GB   room for published networks, 20 unless given
  HEADSTART_TOKEN       what requests to headstart serve must bring along
  HF_TOKEN, HF_ENDPOINT for private models; another hub
  HTTPS_PROXY, NO_PROXY proxies`

/**
 * The command line for these arguments: flags belong to a task, so the task that they name, or that a model among them is of,
 * is found first.
 */
export async function createProgram(args: readonly string[], session: Session): Promise<Command> {
  const { stdout, stderr } = session
  const program: Command = new Command('headstart')
    .description('Learn from a few examples of your own, on a network that others have trained.')
    .version(version)
    .showHelpAfterError('(headstart --help and headstart COMMAND --help tell more; headstart init writes data to try)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(withChoices(text, program.commands)),
    })
    .addHelpText('after', help)
    .exitOverride()
  const task = await taskFor(args, session.tasks)
  const verbs = [...new Set(session.tasks.map(({ verb }) => verb))]
  const commands = [
    initCommand(session),
    trainCommand(task, session),
    evaluateCommand(task, session),
    extendCommand(task, session),
    forgetCommand(task, session),
    ...verbs.map((verb) => askCommand(verb, task, session)),
    explainCommand(task, session),
    checkCommand(task, session),
    compareCommand(task, session),
    curveCommand(task, session),
    nextCommand(task, session),
    cardCommand(task, session),
    distillCommand(task, session),
    exportCommand(task, session),
    serveCommand(session),
    embedCommand(task, session),
    workerCommand(session),
    backbonesCommand(session),
    studioCommand(session),
  ]
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program))
    for (const part of command.commands) part.copyInheritedSettings(program)
  }
  return program
}

/** What commander says of an option that is missing, with what can be chosen. */
function withChoices(error: string, commands: readonly Command[]): string {
  const [, flags] = /required option '([^']+)' not specified/.exec(error) ?? []
  const options = commands.flatMap(({ options }) => options)
  const { argChoices } = options.find((option) => option.flags === flags) ?? {}
  return argChoices ? error.replace('not specified', `not specified: one of ${argChoices.join(', ')}`) : error
}

/** The task that the arguments are about; undefined where they do not say. */
async function taskFor(args: readonly string[], tasks: readonly TaskEntry[]): Promise<AnyTask | undefined> {
  const place = args.findIndex((word) => word === '--task' || word.startsWith('--task='))
  const named = place < 0 ? undefined : (args[place]?.split('=')[1] ?? args[place + 1])
  if (named !== undefined) return taskNamed(tasks, named)
  const holding = (name: string) => args.slice(1).find((word) => existsSync(join(word, name)))
  // Else a model that others wrote, which a task may know: an export of another program, a folder as the hub has it.
  const model = holding('headstart.json') ?? holding('model.json') ?? holding('config.json')
  if (model === undefined) return undefined
  // The command mostly says of what kind it is; others are then not even loaded.
  const likely = tasks.toSorted((a, b) => Number(b.verb === args[0]) - Number(a.verb === args[0]))
  // What is wrong with a model is said by the command that it is given to.
  return taskOfModel(likely, model).catch(() => undefined)
}
