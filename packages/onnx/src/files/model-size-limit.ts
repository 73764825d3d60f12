/** Bytes that onnxruntime takes from memory at most. */
const mostFromMemory = 2 ** 31 - 1

/** Default of `ReadOnnxOptions.sizeLimit`, in bytes. Where it is not known how much memory there is, 2 GiB. */
export function modelSizeLimit(): number {
  // A browser has no `process`, and an import of Node's modules would keep it from loading this one.
  const node = (globalThis as { process?: NodeJS.Process }).process
  const total = node?.getBuiltinModule?.('node:os')?.totalmem()
  // Where a container says how much there is, 0 or a number beyond all memory means that it does not.
  const memory = [total ?? 0, node?.constrainedMemory?.() ?? 0].filter((bytes) => bytes > 0)
  return Math.min(mostFromMemory, Math.floor(Math.min(...memory) / 3))
}
