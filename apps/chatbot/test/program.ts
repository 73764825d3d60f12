import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const env = { ...process.env, NO_COLOR: '1' }

export interface Ending {
  readonly stdout: string
  readonly stderr: string
  readonly code?: number
}

/** Runs the app to its end, as its users do: in a process of its own. */
export async function run(...args: string[]): Promise<Ending> {
  return promisify(execFile)(process.execPath, [main, ...args], { env }).catch((error: Ending) => error)
}

/** The app with --serve, and the address at which it serves. */
export async function serving(
  ...args: string[]
): Promise<{ readonly address: string; readonly program: ChildProcess }> {
  const program = spawn(process.execPath, [main, '--serve', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(program.stdout)) {
    const address = /http:\S+/.exec(line)?.[0]
    if (address !== undefined) return { address, program }
  }
  throw new Error('The app ended without an address.')
}
