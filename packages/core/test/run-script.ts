import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
}

const home = fileURLToPath(new URL('../', import.meta.url))

/**
 * Runs a module in a Node process of its own, for what cannot be done to the process of the tests: to be killed, to
 * have no room on the disk. Imports are relative to `src`, arguments are in `process.argv` from 2 on.
 *
 * @param options.fileLimit largest file that the process can write, in KiB (RLIMIT_FSIZE, where there is a bash)
 */
export async function runScript(
  script: string,
  args: readonly string[],
  options: { readonly fileLimit?: number } = {},
): Promise<Ending> {
  const bundle = await build({
    stdin: { contents: script, resolveDir: `${home}src` },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  })
  const node = [process.execPath, '--input-type=module', '-', ...args]
  const command =
    options.fileLimit === undefined
      ? node
      : ['bash', '-c', `trap "" XFSZ; ulimit -f ${options.fileLimit}; exec "$@"`, 'bash', ...node]
  const [program = '', ...rest] = command
  const child = spawn(program, rest, { cwd: home, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(bundle.outputFiles[0]?.text)
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout }))
  })
}
