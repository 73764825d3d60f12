/**
 * Where another thread or process of Node finds a runtime (`defaultRuntime`); undefined in a bundle, and where what runs this program is
 * not Node.
 */
export function runtimeAddress(): string | undefined {
  if (['bun', 'deno', 'electron'].some((other) => other in process.versions)) return undefined
  try {
    return import.meta.resolve('@headstart/onnx/kit')
  } catch {
    return undefined
  }
}
