import { once } from 'node:events'
import { Command } from 'commander'
import pc from 'picocolors'
import { z } from 'zod'
import { say } from '../console/report-error.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskOfModel } from '../tasks.js'

const whole = { error: 'expected a whole number from 1 on' }
const wholeOrNone = { error: 'expected a whole number from 0 on' }
const positive = z.int(whole).min(1, whole)
const flags = z.object({
  port: z.int(wholeOrNone).min(0, wholeOrNone).max(65_535).default(8000).describe('0 for any that is free'),
  host: z.string().default('127.0.0.1').describe('address to listen at; 0.0.0.0 for all of this machine'),
  allowHost: z
    .array(z.string())
    .optional()
    .describe('names under which it answers as well; repeatable')
    .meta({ repeatable: true }),
  batch: positive.default(32).describe('most inputs that are answered at once'),
  wait: z.number().min(0).default(2).describe('milliseconds for which an input waits for others'),
  queue: positive.default(256).describe('most inputs that wait, for each model; others are told to come again'),
  deadline: positive.default(30_000).describe('milliseconds after which a request is given up'),
  bodyLimit: positive.default(10).describe('most MiB of a request'),
  watch: z.int(wholeOrNone).min(0).default(1000).describe('milliseconds between looks for replaced models; 0 for none'),
  drain: z.int(wholeOrNone).min(0).default(500).describe('milliseconds that it takes requests after SIGTERM'),
})

type ServeFlags = z.output<typeof flags> & { readonly json?: boolean }

/** `headstart serve MODEL...`: asks saved models by HTTP, until it is told to end. */
export function serveCommand(session: Session): Command {
  const command = new Command('serve')
    .description('serve models by HTTP')
    .argument('<model...>', 'folders of models, each under its own name, or NAME=FOLDER')
    .addHelpText(
      'after',
      `
Examples:
  headstart serve my-model
  headstart serve reviews=models/reviews-7 shop=models/shop --port 8080

Environment:
  HEADSTART_TOKEN       requests must bring it along: Authorization: Bearer TOKEN`,
    )
  return withFlags(command, [flags.shape])
    .option('--json', 'print where it listens as one JSON object')
    .action((models: string[], given: ServeFlags) => serve(models, given, session))
}

async function serve(words: readonly string[], given: ServeFlags, session: Session): Promise<void> {
  const { createServer, folderModel, loopbackHosts } = await import('@headstart/serve')
  const token = process.env['HEADSTART_TOKEN'] || undefined
  const { allowHost, bodyLimit, json, ...options } = { ...flags.parse(given), json: given.json }
  const models = words.map((word) => {
    const [, name, folder = word] = /^([\w.-]+)=(.+)$/.exec(word) ?? []
    return folderModel(folder, (path) => taskOfModel(session.tasks, path), name)
  })
  await using server = await createServer({
    ...options,
    models,
    token,
    bodyLimit: bodyLimit * 2 ** 20,
    ...(allowHost && { hosts: [...loopbackHosts, ...allowHost] }),
    onEvent: ({ type, message, cause }) =>
      type === 'swapped'
        ? void session.stderr.write(`${message}\n`)
        : say(session.stderr, type === 'failed' && cause instanceof Error ? (cause.stack ?? message) : message),
  })
  const { url, service } = server
  const served = [...service.models.values()].map(({ name, current: { task } }) => ({
    name,
    task: task.name,
    url: `${url}/models/${name}/${task.verb}`,
  }))
  if (json) session.stdout.write(`${JSON.stringify({ url, models: served })}\n`)
  else {
    session.stdout.write(served.map(({ url: at }) => `POST ${pc.bold(at)}  {"input": ...}\n`).join(''))
    session.stdout.write(`To try them: ${url}/\n`)
  }
  if (server.isOpen && token === undefined) {
    const reachable = `whoever reaches ${url} may ask: set HEADSTART_TOKEN, or serve to this machine alone`
    session.stderr.write(`${reachable}\n`)
  }
  if (!session.signal.aborted) await once(session.signal, 'abort')
  session.stderr.write('ending: what is under way is answered\n')
}
