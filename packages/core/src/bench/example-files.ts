import type { BenchExample, BroughtIn, Brought, Move } from '../contract/bench.js'

/** Labeled examples in files, and those without a label beside them: what differs between kinds of input. See `Bench`. */
export interface ExampleFiles<Input> {
  readonly files: { readonly data: string; readonly unlabeled: string }
  list(): Promise<readonly BenchExample[]>
  add(brought: readonly Brought[]): Promise<BroughtIn>
  move(moves: readonly Move[]): Promise<readonly string[]>
  /** Undefined where it is not there. */
  input(id: string): Promise<Input | undefined>
  picture?(id: string, size: number): Promise<{ readonly bytes: Uint8Array; readonly type: string }>
  freeze(): Promise<Frozen>
}

/** The labeled examples at one moment, where they are read from. */
export interface Frozen {
  readonly path: string
  /** Ids and labels of all examples, in the order of the files. */
  readonly examples: readonly { readonly id: string; readonly label: string }[]
  /** Ids of inputs that were read from there, in that order; some may have been left out. */
  ids(inputs: readonly unknown[]): string[]
  close(): Promise<void>
}
