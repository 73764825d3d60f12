import { RuntimeError } from './errors.js'
import { setProcessVariable } from './process-variable.js'

const variable = 'ORT_DISABLE_TELEMETRY'

/**
 * Keeps ONNX Runtime, not loaded yet, from recording and sending what it is used for: where the environment variable
 * ORT_DISABLE_TELEMETRY is 1, it makes neither a device id nor a database of events, and opens no connection. On Windows it
 * writes to the tracing of the system, and has no such switch.
 * Specification: onnxruntime, docs/Privacy.md.
 * @throws RuntimeError when the variable cannot be set.
 */
export async function disableTelemetry(): Promise<void> {
  if (process.platform === 'win32') return
  try {
    await setProcessVariable(variable, '1')
  } catch (cause) {
    const expected = `${variable}=1 in the environment of the process, or a main thread that can set it`
    const remedy = 'Set it before the program starts, or start the worker thread with { env: SHARE_ENV }.'
    throw new RuntimeError('@headstart/runtime', expected, 'neither', remedy, { cause })
  }
}
