/** Two inputs that are nearly the same, by their numbers from 0, and how alike they are, from 0 to 1. */
export interface Pair {
  readonly a: number
  readonly b: number
  readonly likeness: number
}

/** What is known of a kind of input beside what a network's features say, for the check of data. */
export interface InputChecks<Input> {
  /** Pairs of different inputs that are nearly the same. Default: by the features of the network. */
  nearDuplicates?(inputs: readonly Input[], signal: AbortSignal | undefined): Promise<readonly Pair[]>
  /** What is the matter with an input that can be read and says nothing: 'an empty text'. Default: all say something. */
  emptiness?(input: Input): string | undefined
  /** Facts beside the content by which inputs could be told apart, such as the size of a picture. Default: none. */
  traits?(input: Input): Promise<Readonly<Record<string, string>>>
  /** The address (`data:`) of a small picture of an input, for a page. Default: pages show texts alone. */
  picture?(input: Input): Promise<string | undefined>
}
