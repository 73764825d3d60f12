import { isMainThread, Worker } from 'node:worker_threads'
import { headstart } from './headstart.js'
import { taskEntries } from './tasks.js'

if (!isMainThread) await import('./shards-thread.js').then(({ doShardsHere }) => doShardsHere(taskEntries))
else await main()

/** A thread of this program, for shards: its network has one core. */
function startThread(): Worker {
  return new Worker(new URL(import.meta.url), { env: { ...process.env, HEADSTART_THREADS: '1', HEADSTART_SPIN: '0' } })
}

async function main(): Promise<void> {
  const interruption = new AbortController()
  // Ctrl-C, a scheduler's stop and a terminal that goes away stop the work in an orderly way; a second time, with the handlers
  // gone, the process ends at once.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const interrupt = (): void => {
    for (const signal of signals) process.off(signal, interrupt)
    interruption.abort()
  }
  for (const signal of signals) process.on(signal, interrupt)
  // The terminal that went away takes no messages.
  process.stderr.on('error', () => {})
  // A reader that has seen enough (`headstart predict ... | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })

  const { stdin, stdout, stderr } = process
  // Who came through npx has no `headstart` on the path.
  const program = process.env['npm_command'] === 'exec' ? 'npx headstart' : 'headstart'
  process.exitCode = await headstart(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    program,
    signal: interruption.signal,
    startThread,
  })
  // Who is told to end ends: what a library still waits for, such as a server that is away, does not hold it.
  if (interruption.signal.aborted) stdout.write('', () => process.exit())
}
