/** Where a saved model lies: a folder, an address, memory. */
export interface ModelFiles {
  /** What it is called in messages, such as the path of the folder. */
  readonly name: string
  /** The bytes of a file; undefined where there is none of that name. */
  read(name: string): Promise<Uint8Array | undefined>
  /** What is there instead, where a file that makes it a model is missing. */
  describe?(): Promise<string>
}
