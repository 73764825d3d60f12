import type { Matrix } from './matrix.js'
import type { Run } from './run.js'
import type { Kind } from './target.js'

/** How a thing is shown to people. */
export type ShownAs =
  | { readonly type: 'text'; readonly text: string }
  /** `Bench.picture` gives it; `name` is for people. */
  | { readonly type: 'picture'; readonly name: string }
  | { readonly type: 'card'; readonly title: string; readonly details: Readonly<Record<string, string>> }

/** What a label is: the answer to a question of some kind, or a text that somebody writes, such as a translation. */
export type LabelKind = Kind | 'text'

/** An example, or an item of a shop, as it lies in the files. */
export interface BenchExample {
  /** From its content: the same whatever its label, and whoever wrote the file. */
  readonly id: string
  /** Null where it has none. Of several classes 'a|b', `[]` for none of them; of a number its digits; of a text all of it. */
  readonly label: string | null
  readonly shown: ShownAs
}

/** Where an example can be: with a label or without, or taken away (null), from where it can come back. */
export type Place = { readonly label: string | null } | null

/** To where an example goes. */
export interface Move {
  readonly id: string
  readonly to: Place
}

/** What somebody brings: words, or a file by its name, with the folders it came in: 'cat/1.jpg'. */
export type Brought = ({ readonly text: string } | { readonly name: string; readonly bytes: Uint8Array }) & {
  /** Null: none. Default: what the file says. */
  readonly label?: string | null | undefined
}

/** What became of it. */
export interface BroughtIn {
  readonly added: readonly Move[]
  /** What was there already. */
  readonly doubles: number
  /** What could not be taken, and why, in whole sentences. */
  readonly refused: readonly { readonly name: string; readonly message: string }[]
}

/** A way of learning, by the name of its learner in `Task.compare`. */
export interface BenchMethod {
  readonly name: string
  readonly description: string
  readonly takes: 'seconds' | 'minutes'
  /** Options of `Task.train` that make the model that is kept. Default: it is what the learner gives. */
  readonly training?: object | undefined
  /** Whether its model can be kept; else it stands beside others alone, to compare. Default true. */
  readonly keeps?: boolean | undefined
}

/** Data as they were at one moment: what is changed meanwhile does not reach who learns from them. */
export interface BenchSnapshot<Data, Query> {
  /** As `Task.read` and `Task.check` take it. */
  readonly path: string
  /** Of labels how many examples each has; of a shop 'events', 'users' and 'items'. */
  readonly counts: Readonly<Record<string, number>>
  /** `Bench.fingerprint` of then. */
  readonly fingerprint: string
  /** Ids in the order of the examples at `path`, as `Task.check` numbers them. */
  readonly ids: readonly string[]
  /** @throws DataError for what cannot be learned from. */
  read(run: Run): Promise<Data>
  /** A part to judge by, and the rest to learn from. */
  split(data: Data, run: Run): Promise<BenchSplit<Data, Query>>
  /** Releases what it keeps on the disk. */
  close(): Promise<void>
}

/** Data in two parts. */
export interface BenchSplit<Data, Query> {
  readonly train: Data
  /** All that can be learned from, for the model that is kept. */
  readonly whole: Data
  /** For `Trained.measure`. */
  readonly test: Data
  /** The same, one by one, in the order in which `Trained.measure` has them; of many the first ones. Of a shop none. */
  readonly questions: readonly { readonly id: string; readonly query: Query; readonly label: string }[]
}

/**
 * Data that people build up by hand, in the files that `Task.read` reads: what a page or another tool for labeling stands on. All that is
 * written is written whole or not at all. Files that another program changed meanwhile are read anew, and changes are made to what is
 * in them then.
 */
export interface Bench<Data, Query> {
  readonly brings: ShownAs['type']
  /** What a project of it is, for people: 'texts in classes'. */
  readonly description: string
  /** Whether examples get labels; else items are chosen from (`record`). */
  readonly labels: boolean
  /** Whether its models are talked to: the `context` of an answer goes along with the next query, `{ text, context }`. Default false. */
  readonly converses?: boolean | undefined
  /** What is said to the examples of each label. Default: nothing is. */
  readonly replies?: Replies | undefined
  /** What a label is. Default: one class. */
  readonly kind?: LabelKind | undefined
  /** What a label is called, for people: 'translation'. Default: 'label'. */
  readonly labelName?: string | undefined
  /** What `Trained.measure` gives, where it is not what the protocol of `Task.compare` says. */
  readonly measure?: string | undefined
  readonly methods: readonly [BenchMethod, ...BenchMethod[]]
  /** What `Task.read` reads, and where those without a label lie; both relative to the folder. */
  readonly files: { readonly data: string; readonly unlabeled?: string | undefined }
  /** As the files are now. The same array for as long as they are the same. */
  list(): Promise<readonly BenchExample[]>
  /** Of all that is learned from, as it is now: others for other data. */
  fingerprint(): Promise<string>
  add(brought: readonly Brought[]): Promise<BroughtIn>
  /**
   * Brings examples to other places.
   * @returns Those that are not there any more.
   * @throws OptionError for a label that cannot be one.
   */
  move(moves: readonly Move[]): Promise<readonly string[]>
  /** Somebody took these items, in this order. Default: there are no users. */
  record?(user: string, items: readonly string[]): Promise<readonly Move[]>
  /** How many users took something. Default: there are none. */
  users?(): Promise<number>
  /** An example as it is asked about. @throws OptionError where it is not there. */
  query(id: string): Promise<Query>
  /** At most so many pixels wide and high. Default: nothing is a picture. */
  picture?(id: string, size: number): Promise<{ readonly bytes: Uint8Array; readonly type: string }>
  snapshot(): Promise<BenchSnapshot<Data, Query>>
  /** An answer with what is known of any: label, probability, probabilities; `reply` where more is said. Default: as it is. */
  shown?(answer: unknown): object
  /** What a model's network sees in these, a row each; NaN where one cannot be read. Default: it cannot be said. */
  features?(model: unknown, queries: readonly Query[], run: Run): Promise<Matrix>
}

/** What a model says to the examples of each label, as it stands in the files. */
export interface Replies {
  /** By label; of several of a label one is said. */
  list(): Promise<Readonly<Record<string, readonly string[]>>>
  /** Replaces those of a label. */
  write(label: string, replies: readonly string[]): Promise<void>
}

/** A network to begin with, as a list has it. */
export interface BenchNetwork {
  readonly id: string
  readonly description: string
  readonly license: string
  /** Number of weights of one that is fetched when it is first used. Default: it is built in. */
  readonly parameters?: number | undefined
}

/** Opens the bench of a folder. */
export interface BenchMaker<Data, Query> {
  readonly brings: ShownAs['type']
  readonly description: string
  /** Lines of TypeScript that load a model from `./model` and ask it. */
  readonly program: readonly string[]
  /** What of a folder could be the data of such a project, relative to it: files and folders in it. */
  find(folder: string): Promise<readonly string[]>
  /**
   * How much of each of these files is of use to such a project, 0 to 1: of a table the share of its columns that are read. They lie in the
   * folder together, as somebody brings them; of pictures the names say enough.
   */
  fit(folder: string, names: readonly string[]): Promise<readonly number[]>
  /** What labels can be, the usual first. Default: one class. */
  readonly kinds?: readonly [LabelKind, ...LabelKind[]] | undefined
  /** What the labels in these files can be by the look of them, the likeliest first. Default: the usual alone. */
  likelyKinds?(folder: string, names: readonly string[]): Promise<readonly LabelKind[]>
  /** What a project can begin with, the usual first. Default: `Task.networks`. */
  readonly networks?: readonly BenchNetwork[] | undefined
  /** Writes the files of a new project. @param data What lies there already, one of `find`. @param kind Default: the usual. */
  create(folder: string, data: string | undefined, kind?: LabelKind): Promise<void>
  open(folder: string, kind?: LabelKind): Bench<Data, Query>
}
