/** Bytes that many machines can read parts of. */
export interface Source {
  /** Path or address, as it was given. */
  readonly name: string
  /** Its path where it is a file of this machine. */
  readonly path?: string
  /**
   * Bytes from `start` to before `end`, as a stream. Default: all of them.
   * @throws FileError where they cannot be read.
   */
  read(range?: { readonly start: number; readonly end: number }, signal?: AbortSignal): AsyncIterable<Uint8Array>
}

/** All bytes of a stream, together. */
export async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}
