import { spawn } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { headstart as run } from '../src/headstart.js'
import type { TaskEntry } from '../src/tasks.js'

/** How a run of the command line ended. */
export interface Ending {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Options of `headstart`. */
export interface RunSettings {
  /** What it reads on stdin. Default: nothing. */
  readonly stdin?: string | Uint8Array
  /** Largest file that it can write, in KiB (RLIMIT_FSIZE, where there is a bash): a disk that fills up. */
  readonly fileLimit?: number
  /** Sent a signal as soon as this is seen to be true. Looked at every 20 ms. */
  readonly interruptWhen?: () => boolean
  /** Default: SIGINT, as Ctrl-C sends it. */
  readonly signal?: NodeJS.Signals
  /** What it knows of. Default: its own tasks. */
  readonly tasks?: readonly TaskEntry[] | undefined
}

/** The command line, for node to run. */
export const program = fileURLToPath(new URL('../bin/headstart.js', import.meta.url))

/**
 * Runs the command line: in this process, which takes a fraction of the time, and in one of its own what can only be done to one.
 * @param cache Folder of its feature cache.
 */
export function headstart(cache: string, args: readonly string[], settings: RunSettings = {}): Promise<Ending> {
  const needsProcess = settings.fileLimit !== undefined || settings.interruptWhen !== undefined
  return needsProcess ? inProcess(cache, args, settings) : here(cache, args, settings)
}

async function here(cache: string, args: readonly string[], { stdin = '', tasks }: RunSettings): Promise<Ending> {
  process.env['HEADSTART_CACHE'] = cache
  const [stdout, stderr] = [new Kept(), new Kept()]
  const signal = new AbortController().signal
  const code = await run(args, { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr, signal }, tasks)
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** Keeps what is written. */
class Kept extends Writable {
  text = ''
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** As its users do: in a process of its own. */
export function inProcess(cache: string, args: readonly string[], settings: RunSettings = {}): Promise<Ending> {
  const node = [process.execPath, program, ...args]
  const [command = '', ...rest] =
    settings.fileLimit === undefined
      ? node
      : ['bash', '-c', `trap "" XFSZ; ulimit -f ${settings.fileLimit}; exec "$@"`, 'bash', ...node]
  const child = spawn(command, rest, { env: { ...process.env, HEADSTART_CACHE: cache, NO_COLOR: '1' } })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (bytes: Buffer) => (output.stdout += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (output.stderr += bytes.toString()))
  child.stdin.on('error', () => {}) // It may end without reading all.
  child.stdin.end(settings.stdin ?? '')
  const watch = setInterval(() => {
    if (!settings.interruptWhen?.()) return
    clearInterval(watch)
    child.kill(settings.signal ?? 'SIGINT')
  }, 20)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(watch)
      resolve({ code, ...output })
    })
  })
}
