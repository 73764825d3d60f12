/**
 * Where files lie that are read by name: a folder, an address, memory. Names have forward slashes. What cannot be read is
 * refused with an error of the implementation's own.
 */
export interface Files {
  read(name: string): Promise<Uint8Array>
  /** Bytes of a file, where that can be known without reading it: what is too large is then refused before it is read. */
  size?(name: string): Promise<number>
  /** A part of a file, where it can be read alone; shorter where the file ends before. */
  slice?(name: string, offset: number, length: number): Promise<Uint8Array>
}

/** The part of a file, by whatever its place can do. */
export async function readSlice(files: Files, name: string, offset: number, length: number): Promise<Uint8Array> {
  if (files.slice) return files.slice(name, offset, length)
  return (await files.read(name)).subarray(offset, offset + length)
}
