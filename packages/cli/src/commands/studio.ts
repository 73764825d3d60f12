import { spawn } from 'node:child_process'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { print } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'

interface StudioFlags {
  readonly task?: string
  readonly backbone?: string
  readonly port?: number
  readonly open?: boolean
  readonly json?: boolean
}

const whole = { error: 'expected a port from 0 to 65535' }
const flags = {
  port: z
    .int(whole)
    .min(0, whole)
    .max(65_535, whole)
    .default(4600)
    .describe('port of this machine; 0 for any that is free'),
}

/** `headstart studio [FOLDER]`: a page to bring, label, train, look at and try what lies in a folder. */
export function studioCommand(session: Session): Command {
  const command = new Command('studio')
    .description('open a folder in a page: bring, label, train, look, try, take away')
    .argument('[folder]', 'data, model and history; one that is not there is made', '.')
    .addOption(
      new Option('--task <task>', 'kind of input of a new project (default: the page asks)').choices(
        session.tasks.map(({ name }) => name),
      ),
    )
    .option(
      '--backbone <id>',
      'network to begin with, beside those of the page: one that is published, by its id, or the path of its folder',
    )
    .option('--open', 'open the page in the browser')
    .addHelpText('after', '\nExamples:\n  headstart studio my-project\n  headstart studio photos --task image --open')
  return withFlags(command, [flags])
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action((folder: string, given: StudioFlags) => studio(folder, given, session))
}

async function studio(
  folder: string,
  { task, backbone, port, open, json }: StudioFlags,
  session: Session,
): Promise<void> {
  const { tasks, program, signal } = session
  signal.throwIfAborted()
  const { Studio } = await import('@headstart/studio')
  await using opened = await Studio.open(folder, { tasks, task, backbone, port, program })
  const { url, project } = opened
  const text = (): string => `Studio of ${project.folder}: ${url}\nCtrl-C ends it; all that was done is in the folder.`
  print(session, json, { json: { url, folder: project.folder }, text })
  if (open) openInBrowser(url)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** By what the system opens addresses with; where it has nothing, the address is on the screen. */
function openInBrowser(url: string): void {
  const { platform } = process
  const [command, ...words] =
    platform === 'darwin' ? ['open', url] : platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url]
  const child = spawn(command as string, words, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
