import type { Writable } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import type { TaskEntry } from '../tasks.js'

/** 0: done. 1: failed (disk, interruption, a bug). 2: the request or the data is wrong. */
export type ExitCode = 0 | 1 | 2

/** Where a command reads and writes: the terminal of the process, or that of a test. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean }
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
  /** What one types to run it. Default: headstart. */
  readonly program?: string
  /** Starts a thread of the program that does shards (`doShardsOf`). Default: there are none. */
  readonly startThread?: () => Worker
}

/** A terminal during one command. */
export interface Session extends Terminal {
  /** What the command line knows of. */
  readonly tasks: readonly TaskEntry[]
  readonly program: string
  /** Said after an error: what may help. */
  hint?: string
  /** What it ends with where nothing is thrown: 2 where some of the inputs could not be read. */
  exitCode: ExitCode
}
