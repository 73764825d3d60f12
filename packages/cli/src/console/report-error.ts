import { HeadstartError } from '@headstart/core'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { flagOf } from '../flags.js'
import { inFlags } from './in-flags.js'
import type { ExitCode, Session, Terminal } from './terminal.js'

/** The exit code that goes with an error. */
export function exitCodeOf(error: unknown, signal: AbortSignal): ExitCode {
  if (signal.aborted) return 1
  // Commander throws for --help and --version as well, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof HeadstartError && error.fault === 'input' ? 2 : 1
}

/** Says on stderr what went wrong. */
export function reportError(error: unknown, { stderr, signal, hint }: Session): void {
  // Commander has said it already.
  if (error instanceof CommanderError) return
  say(stderr, signal.aborted ? interrupted : messageOf(error))
  if (hint !== undefined && !signal.aborted) stderr.write(`${hint}\n`)
}

const interrupted = 'interrupted: nothing was saved. Features computed so far are kept for the next run.'

/** An option of a step is a flag here. */
function messageOf(error: unknown): string {
  // Who mends a program wants to see where it went wrong.
  if (error instanceof HeadstartError && error.fault !== 'program')
    return inFlags(error.message).replace(/^option "(\w+)"/, (_, name: string) => `option ${flagOf(name)}`)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** A message of the program's own, on stderr. */
export function say(stderr: Terminal['stderr'], message: string): void {
  stderr.write(`${pc.red('headstart:')} ${message}\n`)
}
