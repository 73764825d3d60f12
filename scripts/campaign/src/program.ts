import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The command line. */
const program = fileURLToPath(new URL('../../../packages/cli/bin/headstart.js', import.meta.url))
const here = fileURLToPath(new URL('..', import.meta.url))

/** A process that was started, and its end. */
export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ending>
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly said: string
}

/** Runs the command line with a feature cache of its own. */
export function headstart(cache: string, args: readonly string[]): Started {
  return start([program, ...args], { HEADSTART_CACHE: cache })
}

/** Runs a module's text, which finds the packages. */
export function script(text: string, args: readonly string[] = [], flags: readonly string[] = []): Started {
  return start([...flags, '--input-type=module', '--eval', text, ...args], {})
}

function start(args: readonly string[], variables: NodeJS.ProcessEnv): Started {
  const env = { ...process.env, NO_COLOR: '1', HEADSTART_SPIN: '0', ...variables }
  const child = spawn(process.execPath, args, { cwd: here, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const ended = once(child, 'close').then(([code, signal]): Ending => ({ code, signal, said }))
  return { child, ended }
}
