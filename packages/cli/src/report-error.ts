import { HeadstartError } from '@headstart/core'
import { CommanderError } from 'commander'
import pc from 'picocolors'

/** 0: done. 1: failed (disk, interruption, a bug). 2: the request or the data is wrong. */
export type ExitCode = 0 | 1 | 2

/** The exit code that goes with an error. */
export function exitCodeOf(error: unknown, signal: AbortSignal): ExitCode {
  if (signal.aborted) return 1
  // Commander throws for --help and --version as well, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof HeadstartError && error.fault === 'input' ? 2 : 1
}

/** Says on stderr what went wrong. */
export function reportError(error: unknown, signal: AbortSignal): void {
  if (signal.aborted) return say('interrupted: nothing was saved. Features computed so far are kept for the next run.')
  // Commander has said it already.
  if (error instanceof CommanderError) return
  // Who mends a program wants to see where it went wrong.
  if (error instanceof HeadstartError && error.fault !== 'program') return say(error.message)
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/** A message of the program's own, on stderr. */
export function say(message: string): void {
  process.stderr.write(`${pc.red('headstart:')} ${message}\n`)
}
