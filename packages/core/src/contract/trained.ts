import type * as z from 'zod'
import type { JsonObject } from './backbone.js'
import type { InputError } from './errors.js'
import type { ShownExplanation } from './explanation.js'
import type { RunOptions } from './progress.js'
import type { Run } from './run.js'
import type { Documented, Shown } from './shown.js'
import type { Step } from './step.js'

export type { Documented, Shown } from './shown.js'

/** One score for each thing asked, higher is better, in the order of the data; NaN where it could not be read. */
export interface Measured {
  readonly scores: Float64Array
  /** Further columns of a table: coverage, cold items. Null where there is nothing to measure. */
  readonly figures: Readonly<Record<string, number | null>>
}

/** What the folder of a model holds. */
export interface Packed {
  /** All of `headstart.json` but the hashes. */
  readonly manifest: object
  /** The other files, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Files that lie in the folder and are no part of the model, such as a page to try it on. Default: none. */
  readonly beside?: ReadonlyMap<string, Uint8Array>
}

/** A form in which a model is carried away, to run where Headstart is not. */
export interface ExportFormat {
  /** What it gives: 'a folder that Transformers.js opens'. */
  readonly description: string
  /** How the name of its one file ends, such as '.onnx'. Undefined where it is a folder. */
  readonly ending?: string
  /**
   * Its folder, or the bytes of its one file.
   * @throws DataError where this model cannot be said in that form.
   */
  make(): Promise<Packed | Uint8Array>
}

/** One of several things that an answer says. */
export interface Scored {
  /** A class, a label; the id of an item. */
  readonly label: string
  /** Higher is better: a probability, where it is of a class. */
  readonly score: number
}

/** Options of saving a model. */
export interface SaveOptions {
  readonly signal?: AbortSignal | undefined
}

/** What can be measured beside the data. */
export interface EvaluateAlso<Query> {
  /** What a model that says what it does not know is asked as well: inputs that do not belong to its task. Others leave it aside. */
  readonly outOfScope?: readonly Query[] | undefined
  /** Of so many of the examples it is measured how faithful explanations are. Default: of none. */
  readonly explain?: number | undefined
}

/** How an answer is to be explained. */
export interface ExplainAlso extends RunOptions {
  /** The class or label that is explained, or the item of a shop. Default: the answer. */
  readonly label?: string | undefined
  /** Training examples that it goes by, at most so many, where they are kept. Default 5; 0 for none, of which nothing is said then. */
  readonly examples?: number | undefined
}

/** What was learned. Its class has friendlier methods beside these, such as `predict` or `recommend`. */
export interface Trained<Data, Query, Answer> extends AsyncDisposable {
  /** An answer of this model: with its labels. */
  readonly answer: z.ZodType<Answer>
  /** Options by which its data are read as its training data were: kind of label, threshold. */
  readonly reads: Readonly<Record<string, unknown>>
  /**
   * In the order of the queries. All that changes an answer stands in its query, so that callers can share a batch; a query
   * that cannot be read has an error in the place of its answer, and spoils no other.
   */
  ask(queries: readonly Query[], options?: RunOptions): Promise<(Answer | InputError)[]>
  /** The same with what can be asked beside the queries, for all of them: such as whether inputs are of the kind it learned. */
  readonly asks?: Step<readonly Query[], (Answer | InputError)[]>
  /** An answer in words. */
  say(answer: Answer): string
  /** An answer as a list, the best first, for protocols that know no other form. Default: it is said in words. */
  scores?(answer: Answer): readonly Scored[]
  /** An answer without such a list, as the pipelines of Transformers name it: `{ translation_text }`. Default: `{ generated_text }`, in words. */
  generated?(answer: Answer): JsonObject
  /** Which queries to label next, `count` of them. Default: it cannot tell. */
  next?(queries: readonly Query[], options: RunOptions & { readonly count?: number | undefined }): Promise<Shown>
  /**
   * The model that knows these as well, without a new training: more examples, what users did since. What has to wait for the next
   * training is said. Default: it takes a training.
   * @throws DataError where it does not keep what that takes.
   */
  extend?(
    data: Data,
    options?: Partial<Run>,
  ): Promise<Pick<Trained<never, never, unknown>, 'pack' | 'describe' | 'close'>>
  /**
   * The model that never saw these of what it was trained on. Default: it takes a training.
   * @throws DataError where it does not keep what that takes, and for what it was not trained on.
   */
  forget?(
    queries: readonly Query[],
    options?: Partial<Run>,
  ): Promise<Pick<Trained<never, never, unknown>, 'pack' | 'describe' | 'close'>>
  /** For `compare`: quick. */
  measure(data: Data, run: Run): Promise<Measured>
  /** For people: with intervals, beside the naive baseline. */
  evaluate(data: Data, run?: Partial<Run> & EvaluateAlso<Query>): Promise<Shown | Documented>
  /** Why it answers as it does. Default: it cannot say. */
  explain?(query: Query, options?: ExplainAlso): Promise<ShownExplanation>
  /** How it came to be. */
  describe(): Shown
  /** @throws DataError where it cannot be saved: its network is run by other means. */
  pack(): Promise<Packed>
  /** The forms in which it can be carried away, by name; see `exportModel`. Default: none. */
  readonly exports?: Readonly<Record<string, ExportFormat>>
  /** Releases its sessions. Whatever is asked after that makes new ones. */
  close(): Promise<void>
}
