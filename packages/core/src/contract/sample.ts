/** A small data set that comes with a task: to see it work before one's own data are at hand, and how such data are written. */
export interface Sample<Query> {
  /** Of its folder: 'messages'. */
  readonly name: string
  /** What it is, where it comes from and under which license: one sentence each. */
  readonly description: string
  /** Its files, by their path in the folder ('train/cat/1.jpg'), with a NOTICE among them. */
  files(): Promise<ReadonlyMap<string, Uint8Array>>
  /** What is learned from, a path in the folder: '' for the folder itself. */
  readonly train: string
  /** What a model is measured on, likewise. */
  readonly test: string
  /** What a model is asked, for example, as JSON; a text that is the path of one of the files stands for that file. */
  readonly query: Query
  /** Options with which a comparison takes seconds. */
  readonly comparing: Readonly<Record<string, unknown>>
}
