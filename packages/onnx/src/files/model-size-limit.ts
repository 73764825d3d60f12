/** Bytes that onnxruntime takes from memory at most. */
const mostFromMemory = 2 ** 31 - 1

/** Default of `ReadOnnxOptions.sizeLimit`, in bytes. Where it is not known how much memory there is, 2 GiB. */
export function modelSizeLimit(): number {
  return Math.min(mostFromMemory, Math.floor(memoryHere() / 3))
}

/** Bytes of memory that this process may have; infinite where it is not known. */
export function memoryHere(): number {
  // A browser has no `process`, and an import of Node's modules would keep it from loading this one.
  const node = (globalThis as { process?: NodeJS.Process }).process
  const total = node?.getBuiltinModule?.('node:os')?.totalmem()
  // Where a container says how much there is, 0 or a number beyond all memory means that it does not.
  return Math.min(...[total ?? 0, node?.constrainedMemory?.() ?? 0].filter((bytes) => bytes > 0))
}
