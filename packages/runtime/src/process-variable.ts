import { isMainThread } from 'node:worker_threads'
import { RuntimeError } from './errors.js'

/**
 * Sets an environment variable of the process, where native code reads it. `process.env` alone does not in a worker thread and
 * in a test of Jest, which have a copy, nor in Bun: there the main thread is asked to set it, the way a debugger would, or
 * the C library.
 * @throws RuntimeError when that is not possible.
 */
export async function setProcessVariable(name: string, value: string): Promise<void> {
  process.env[name] = value
  const { Deno } = globalThis as { Deno?: { readonly env: { set(name: string, value: string): void } } }
  if (Deno) return Deno.env.set(name, value)
  if (process.versions['bun'] !== undefined) return setByLibrary(name, value)
  const isCopy = !isMainThread || process.env['JEST_WORKER_ID'] !== undefined
  if (isCopy && variableOfProcess(name) !== value)
    await evaluateInMain(`process.env[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
}

/** As native code reads it. */
function variableOfProcess(name: string): string | undefined {
  const report = process.report.getReport() as { environmentVariables?: Record<string, string> }
  return report.environmentVariables?.[name]
}

/** Runs a program in the main thread, whether that is this one or not. */
async function evaluateInMain(expression: string): Promise<void> {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  if (isMainThread) session.connect()
  else session.connectToMainThread()
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    // It also keeps this thread alive, which a session that waits does not.
    timer = setTimeout(() => reject(new RuntimeError('the main thread', 'an answer', 'none in 5 s', '')), 5_000)
  })
  try {
    await Promise.race([session.post('Runtime.evaluate', { expression }), silence])
  } finally {
    clearTimeout(timer)
    session.disconnect()
  }
}

interface ForeignFunctions {
  dlopen(
    library: string,
    signatures: { readonly setenv: { readonly args: readonly string[]; readonly returns: string } },
  ): { readonly symbols: { setenv(name: Uint8Array, value: Uint8Array, overwrite: number): number } }
}

/** setenv of the C library (POSIX), by Bun's own way to call it. */
async function setByLibrary(name: string, value: string): Promise<void> {
  const bun: string = 'bun:ffi'
  const { dlopen } = (await import(bun)) as ForeignFunctions
  const library = process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6'
  const { symbols } = dlopen(library, { setenv: { args: ['ptr', 'ptr', 'int'], returns: 'int' } })
  symbols.setenv(Buffer.from(`${name}\0`), Buffer.from(`${value}\0`), 1)
}
