import { type ChildProcess, spawn } from 'node:child_process'

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Seconds. Default 600. */
  readonly timeout?: number
}

/** A program that failed: its last words. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/**
 * Runs a program to its end.
 * @returns What it wrote to its standard output
 * @throws ProgramError when it ends with another code than 0, or not in time
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = start(program, args, options)
    let [output, all] = ['', '']
    child.stdout?.on('data', (text: string) => {
      output += text
      all += text
    })
    child.stderr?.on('data', (text: string) => (all += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new ProgramError(`${program} ${args.join(' ')}: ${signal ?? `exit code ${code}`}\n${all.trim()}`))
    })
  })
}

/** A server that runs while `use` does. @param ready What it writes once it can be asked. */
export async function whileServing<T>(
  program: string,
  args: readonly string[],
  { ready, ...options }: ProgramOptions & { readonly ready: RegExp },
  use: () => Promise<T>,
): Promise<T> {
  const child = start(program, args, options)
  let all = ''
  try {
    await new Promise<void>((resolve, reject) => {
      const hear = (text: string): void => {
        all += text
        if (ready.test(all)) resolve()
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('error', reject)
      child.on('close', (code) => reject(new ProgramError(`${program}: exit code ${code}\n${all.trim()}`)))
    })
    return await use()
  } catch (error) {
    throw new ProgramError(`${(error as Error).message}\n${all.trim()}`, { cause: error })
  } finally {
    child.kill('SIGKILL')
  }
}

function start(program: string, args: readonly string[], { cwd, env, timeout = 600 }: ProgramOptions): ChildProcess {
  const child = spawn(program, args, {
    cwd,
    env: { ...outside(), ...env },
    timeout: timeout * 1000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  return child
}

/** The variables of this process but for what npm, pnpm and vitest tell those that they start. */
function outside(): NodeJS.ProcessEnv {
  const own = /^(npm_(?!config_registry)|pnpm_|VITEST|NODE_ENV$|NODE_PATH$|INIT_CWD$|TEST$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
