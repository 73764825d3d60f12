import { isMainThread } from 'node:worker_threads'
import { RuntimeError } from './errors.js'

const name = 'ORT_DISABLE_TELEMETRY'

/**
 * Keeps ONNX Runtime, not loaded yet, from recording and sending what it is used for: where the environment variable
 * ORT_DISABLE_TELEMETRY is 1, it makes neither a device id nor a database of events, and opens no connection (onnxruntime,
 * docs/Privacy.md; on Windows it writes to the tracing of the system, and has no such switch).
 *
 * Native code reads the variables of the process. A worker thread has a copy of them, as has a test of Jest: there the main
 * thread is asked to set it, the way a debugger would.
 * @throws RuntimeError when the main thread does not answer.
 */
export async function disableTelemetry(): Promise<void> {
  process.env[name] = '1'
  const copied = !isMainThread || process.env['JEST_WORKER_ID'] !== undefined
  if (!copied || process.platform === 'win32' || variableOfProcess() === '1') return
  try {
    await evaluateInMain(`process.env.${name} = '1'`)
  } catch (cause) {
    const who = 'ONNX Runtime in a worker thread'
    const remedy = 'Set it before the program starts, or start the worker with { env: SHARE_ENV }.'
    throw new RuntimeError(
      who,
      `the environment variable ${name}=1, or a main thread that sets it`,
      'neither',
      remedy,
      {
        cause,
      },
    )
  }
}

/** As native code sees it. */
function variableOfProcess(): string | undefined {
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
