import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
}

/**
 * Runs a module in a Node process of its own, for what cannot be done to the process of the tests: to be killed, to
 * have no room on the disk. Imports are relative to `dist`, arguments are in `process.argv` from 1 on.
 *
 * @param options.sources imports are relative to `src`, for scripts that need what is in `test`; takes longer to start
 * @param options.fileLimit largest file that the process can write, in KiB (RLIMIT_FSIZE, where there is a bash)
 */
export function runScript(
  script: string,
  args: readonly string[],
  options: { readonly fileLimit?: number; readonly sources?: boolean } = {},
): Promise<Ending> {
  const loader = options.sources ? ['--import', 'tsx'] : []
  const node = [process.execPath, ...loader, '--input-type=module', '--eval', script, ...args]
  const command =
    options.fileLimit === undefined
      ? node
      : ['bash', '-c', `trap "" XFSZ; ulimit -f ${options.fileLimit}; exec "$@"`, 'bash', ...node]
  const [program = '', ...rest] = command
  const child = spawn(program, rest, {
    cwd: fileURLToPath(new URL(options.sources ? '../src' : '../dist', import.meta.url)),
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout }))
  })
}
