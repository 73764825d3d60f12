import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AnyTask, TrainEvent } from '@headstart/core'
import { counted, OptionError, prepareToWrite } from '@headstart/core/kit'
import {
  type Executor,
  inThreads,
  joinParts,
  type Manifest,
  type OpenWork,
  type Outcome,
  runWork,
  taskWork,
  throughQueue,
} from '@headstart/queue'
import type { Command } from 'commander'
import { z } from 'zod'
import { say } from '../console/report-error.js'
import { openScreen, print, type Screen } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { taskNamed } from '../tasks.js'
import { withFlags } from '../flags.js'

const whole = { error: 'expected a whole number from 1 on' }

const sharding = {
  shardRows: z
    .int(whole)
    .min(1, whole)
    .optional()
    .describe('rows of a shard (default: 4096 of a table, 256 where rows are files)'),
  threads: z
    .int(whole)
    .min(1, whole)
    .optional()
    .describe('so many shards at once, each by a network of its own on one core (default: one, on all cores)'),
}

/** Flags of work in shards. */
export interface ShardedFlags {
  readonly out?: string
  readonly queue?: string
  readonly resume?: boolean
  readonly shardRows?: number
  readonly threads?: number
  readonly json?: boolean
}

/** Declares the flags of work in shards. */
export function withSharding(command: Command): Command {
  return withFlags(command, [sharding])
    .option('--queue <address>', 'hand the shards out to workers: redis://HOST:PORT (see: headstart worker)')
    .option('--resume', 'go on with a run that was interrupted')
}

/** Opens the work of a run by the tasks that there are. */
export function opener(session: Pick<Session, 'tasks'>): OpenWork {
  return async ({ task: name, ...said }, run) => {
    const task = await taskNamed(session.tasks, name)
    if (task) return taskWork(task, said, run)
    throw new OptionError('worker', 'a task that is known here', `"${name}"`, 'Update headstart.')
  }
}

/** What is to be done for all that lies in a place. */
export interface ShardedWork {
  readonly kind: 'embed' | 'ask'
  readonly task: AnyTask
  /** A model's folder, or the id of a network. */
  readonly model?: string | undefined
  readonly place: string
}

/**
 * Does work in shards, in the folder of `--out`, or for one file beside it: Parquet, of answers CSV or JSONL as well.
 * @param flags All of the command; the work gets those that its task knows.
 */
export async function runSharded(
  { kind, task, model, place }: ShardedWork,
  flags: ShardedFlags,
  session: Session,
): Promise<void> {
  const { out = '', resume, shardRows } = flags
  const isFile = kind === 'ask' ? /\.(parquet|csv|jsonl)$/i : /\.parquet$/i
  const file = isFile.test(out) ? out : undefined
  const folder = file === undefined ? out : `${file}.run`
  const screen = named(openScreen(session), place)
  const started = performance.now()
  try {
    if (file !== undefined) await prepareToWrite(file, 'file')
    const said = { kind, task: task.name, model, options: optionsOf(task, flags) }
    const work = await opener(session)(said, screen)
    try {
      const executor = executorOf(flags, session)
      const outcome = await runWork(place, work, { ...screen, out: folder, resume, shardRows, executor })
      screen.end()
      const { manifest } = outcome
      if (!manifest) return sayInterrupted(outcome, session)
      if (file !== undefined) {
        await joinParts(folder, manifest, file)
        if (manifest.shards.every(({ setAside }) => setAside === undefined)) await rm(folder, { recursive: true })
      }
      report(manifest, out, (performance.now() - started) / 1000, flags, session)
    } finally {
      await work.close()
    }
  } finally {
    screen.end()
  }
}

/** The screen on which a file is called as it was named, wherever a worker looks for it. */
function named(screen: Screen, place: string): Screen {
  const onEvent = (event: TrainEvent): void =>
    screen.onEvent(
      event.type === 'notice' ? { ...event, message: event.message.replaceAll(resolve(place), place) } : event,
    )
  return { ...screen, onEvent }
}

/** Who does the shards; undefined for this process, one after the other. */
function executorOf({ queue, threads }: ShardedFlags, { startThread }: Session): Executor | undefined {
  if (queue === undefined) return threads === undefined || !startThread ? undefined : inThreads(threads, startThread)
  if (threads === undefined) return throughQueue(queue)
  throw new OptionError(
    '--threads',
    'work without --queue',
    'both',
    'Say it where the workers are started: headstart worker.',
  )
}

/** What the task knows of the flags: how queries are read, and what is asked beside them. */
function optionsOf(task: AnyTask, flags: object): Record<string, never> {
  const { shape = {} } = task.query as Partial<z.ZodObject>
  const known = { ...task.queries?.options.shape, ...task.asking?.shape, ...shape }
  return Object.fromEntries(
    Object.entries(flags).filter(([name, value]) => name in known && value !== undefined),
  ) as Record<string, never>
}

function sayInterrupted({ plan, done }: Outcome, session: Session): void {
  say(session.stderr, `interrupted: ${done} of ${plan.shards.length} shards are done. The same with --resume goes on.`)
  session.exitCode = 1
}

function report(manifest: Manifest, out: string, seconds: number, flags: ShardedFlags, session: Session): void {
  const { rows, poisoned, shards } = manifest
  const aside = shards.flatMap(({ index, setAside }) => (setAside === undefined ? [] : [{ index, reason: setAside }]))
  if (aside.length > 0) session.exitCode = 1
  else if (poisoned > 0) session.exitCode = 2
  const json = { out, rows, poisoned, shards: shards.length, setAside: aside, seconds }
  const text = (): string =>
    [
      `${counted(rows, 'row')} in ${out}: ${counted(shards.length, 'shard')}, ${seconds.toFixed(1)} s.`,
      ...(poisoned > 0 ? [`${counted(poisoned, 'row')} could not be read: why stands in the column error.`] : []),
      ...aside.map(({ index, reason }) => `Shard ${index} was set aside: ${reason}`),
      ...(aside.length > 0 ? ['The same with --resume tries them again.'] : []),
    ].join('\n')
  print(session, flags.json, { json, text })
}
