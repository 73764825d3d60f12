/** Where a saved model lies: a folder, an address, memory. */
export interface Files {
  /** What it is called in messages, such as the path of the folder. */
  readonly name: string
  /** @throws FileError where there is no such file, or it cannot be read. */
  read(name: string): Promise<Uint8Array>
}
