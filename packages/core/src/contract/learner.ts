import type { JsonObject } from './backbone.js'
import type { Run } from './run.js'
import type { Shown, Trained } from './trained.js'

/** Something that learns: a head on a backbone, frozen or tuned; words alone; names of classes; item-kNN. */
export interface Learner<Data, T> {
  /** What its rows are called: 'frozen', 'item-knn'. */
  readonly name: string
  /** What it is, for people. */
  readonly description: string
  /** Of those that take minutes `compare` measures fewer draws. */
  readonly takes: 'seconds' | 'minutes'
  /** What it knows more than which other, such as 'pre-training' than the same network untrained: a sentence of the verdict each. */
  readonly adds: readonly Addition[]
  /** Whether it can learn from these: names of classes without examples, or examples. */
  suits(data: Data): boolean
  /** The same data and seed give the same model. */
  fit(data: Data, run: Run): Promise<T>
  /** Default 'for good'. */
  readonly keep?: Keep
  /** Seconds of work that `fit` found done in the run's cache, measured on a sample. Default: none. */
  cachedSeconds?(data: Data, run: Run): Promise<number>
}

/**
 * For how long what is computed of inputs is worth keeping: 'for good', in the run's cache; 'for the run', where another draw of
 * the same seed can use it; 'never', where it depends on what is learned from.
 */
export type Keep = 'for good' | 'for the run' | 'never'

/** What a learner has beside another. */
export interface Addition {
  /** 'transfer', 'pre-training', 'fine-tuning'. */
  readonly what: string
  readonly to: Learner<never, unknown>
}

/** Who learns from what and is asked what: draws of some examples of each class; the last item of each user. */
export interface Protocol<Data> {
  /** What scores are, such as 'accuracy' or 'NDCG@10'. */
  readonly measure: string
  /**
   * What pairs are made of for a difference: draws, where chance lies in what is learned from; or questions, where all is
   * learned from and chance lies in what is asked.
   */
  readonly pairs: 'draws' | 'questions'
  rounds(data: Data, run: Run): Iterable<Round<Data>> | AsyncIterable<Round<Data>>
  /** Its table and verdict, as people and programs know them. */
  show(comparison: Comparison, rounds: readonly Round<Data>[]): Shown
}

/** One draw: what is learned from, and what is asked. */
export interface Round<Data> {
  /** In a sentence of the verdict: 'With 8 examples per class'. Rounds of one name are draws of one row. */
  readonly row: string
  /** Columns that say the same to programs: `{ shots: 8 }`. */
  readonly columns: JsonObject
  readonly seed: number
  readonly train: Data
  readonly tests: Tests<Data>
}

/** Data to be asked about. The verdict is about the first. */
export interface Tests<Data> {
  readonly test: Data
  /** How many of its examples are in the training data as well, where that is known. */
  readonly leaked?: number | undefined
  /** As many of `unseen`. */
  readonly unseenLeaked?: number | undefined
  /** Of a kind that is never trained on. */
  readonly unseen?: Data | undefined
}

/** What `compare` sets side by side. */
export interface Plan<Data, T> {
  readonly data: Data
  readonly learners: readonly Learner<Data, T>[]
  readonly protocol: Protocol<Data>
}

/** Whatever a plan can compare. */
export type Comparable<Data> = Pick<Trained<Data, never, never>, 'measure' | 'close'>

/** Mean and sample standard deviation over draws. */
export interface Spread {
  readonly mean: number
  readonly sd: number
}

/** One line of the table: a learner on the draws of one row. */
export interface ComparisonRow {
  readonly learner: string
  readonly row: string
  readonly columns: JsonObject
  /** Draws that it was measured on. */
  readonly draws: number
  /** Mean score on the test, over the draws. */
  readonly test: Spread
  readonly unseen?: Spread
  /** Means over the draws, on the test. */
  readonly figures: Readonly<Record<string, number | null>>
  /** The same with their standard deviations, of figures that could be measured. */
  readonly spreads: Readonly<Record<string, Spread>>
  /** Mean seconds from data to model when nothing is cached. */
  readonly seconds: number
}

/** What one learner has beside another, by pairs of scores of the same things. */
export interface Difference {
  readonly row: string
  readonly what: string
  readonly learner: string
  readonly to: string
  /** Of the learner's score over the other's. */
  readonly mean: number
  /** Half of the 95 % interval; infinite for a single pair. */
  readonly margin: number
  /** Number of pairs. */
  readonly pairs: number
}

/** What learners are worth on one's own data. */
export interface Comparison {
  /** Of each round, the numbers of the test's questions that every learner could read: what they are compared by. */
  readonly readable: readonly (readonly number[])[]
  readonly rows: readonly ComparisonRow[]
  readonly differences: readonly Difference[]
}
