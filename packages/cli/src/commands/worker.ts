import { takeShards } from '@headstart/queue'
import { Command } from 'commander'
import { z } from 'zod'
import { openScreen } from '../console/screen.js'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { opener } from './sharded.js'

const whole = { error: 'expected a whole number from 1 on' }

const working = {
  lockSeconds: z
    .int(whole)
    .min(1, whole)
    .default(30)
    .describe('without a sign of life a worker counts as gone after so many seconds'),
  threads: z.int(whole).min(1, whole).optional().describe('threads of its network (default: one for each core)'),
}

interface WorkerFlags {
  readonly queue: string
  readonly threads?: number
  readonly lockSeconds?: number
  readonly json?: boolean
}

/** `headstart worker --queue ADDRESS`: does shards of whatever run is handed out there, until it is told to stop. */
export function workerCommand(session: Session): Command {
  const command = new Command('worker')
    .description('do shards that others hand out through a queue')
    .requiredOption('--queue <address>', 'of the Redis: redis://HOST:PORT')
  return withFlags(command, [working])
    .option('--json', 'print one JSON object for each shard, each on its line')
    .addHelpText('after', '\nCtrl-C: ends the shard that is begun, and takes no more; a second one ends at once.')
    .action(async ({ queue, threads, lockSeconds, json }: WorkerFlags) => {
      if (threads !== undefined) process.env['HEADSTART_THREADS'] = String(threads)
      const screen = openScreen(session)
      await takeShards({
        queue,
        lockSeconds,
        signal: session.signal,
        onEvent: screen.onEvent,
        open: opener(session),
        onDone: ({ run, index, rows, poisoned }) =>
          session.stdout.write(
            json
              ? `${JSON.stringify({ run, shard: index, rows, poisoned: poisoned.length })}\n`
              : `run ${run}, shard ${index}: ${rows} rows${poisoned.length > 0 ? `, ${poisoned.length} of them could not be read` : ''}\n`,
          ),
      })
    })
}
