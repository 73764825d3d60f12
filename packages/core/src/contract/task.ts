import type * as z from 'zod'
import type { Devices, JsonObject, TunableBackbone } from './backbone.js'
import type { BenchMaker } from './bench.js'
import type { InputError } from './errors.js'
import type { Fills } from './fills.js'
import type { ModelFiles } from './model-files.js'
import type { Learner, Plan } from './learner.js'
import type { RunOptions } from './progress.js'
import type { Run } from './run.js'
import type { Sample } from './sample.js'
import type { Step } from './step.js'
import type { Documented, Shown, Trained } from './trained.js'

/** Options of loading a model. */
export interface LoadOptions {
  /** Where its network runs, see `FineTuneOptions.device`. Default 'cpu'. */
  readonly device?: Devices | undefined
  /**
   * Of models that read files, such as pictures: whether a text that is asked is the path of one. Default true; whoever answers
   * strangers, such as a server, says false.
   */
  readonly paths?: boolean | undefined
  /** With which of the models that were loaded with it before this one has its backbone in common. Default: with none. */
  readonly share?: SharedBackbones | undefined
  /**
   * Whether its network runs in threads of its own, where that can be: for who answers others meanwhile, for the price of its weights
   * once more. Answers are the same. Default false.
   */
  readonly aside?: boolean | undefined
}

/** Backbones that several models have in common; `sharedBackbones()` makes one. */
export interface SharedBackbones {
  /**
   * The backbone of this key, made where nobody has it yet. Whoever closes it lets it go; it is closed when all have.
   * @param key Names weights, preprocessing and where it runs: equal keys give equal features.
   */
  take<Input>(key: string, make: () => TunableBackbone<Input>): TunableBackbone<Input>
}

/** Loads a kind of model, in a browser too: needs nothing of what reads data and trains. */
export interface Loader<T> {
  /** Whether a folder with this `headstart.json` is such a model. */
  opens(manifest: JsonObject): boolean
  load(files: ModelFiles, options?: LoadOptions): Promise<T>
}

/** One of many queries, and what stands beside it: the cells of its row, the path of its file. */
export interface Asked<Query> {
  /** What is asked, or why it cannot be. */
  readonly query: Query | InputError
  readonly columns: Readonly<Record<string, unknown>>
}

/** Queries that lie in a place, without answers: rows of a table, pictures of a folder. They are read as they are needed. */
export interface Queries<Query> extends Step<string, AsyncIterable<Asked<Query>>> {
  /** Whether a word is the path of such a place, and no query by itself. */
  holds(word: string): Promise<boolean>
  /** Whether the rows of a table mean the same in a file of their own, elsewhere: paths beside it do not. Default false. */
  readonly apart?: boolean | undefined
  /** Where queries are objects: the flag that names such a place, such as 'users'. */
  readonly flag?: string | undefined
}

/** A kind of work, as a command line, a server and a page know it. */
export interface Task<Data, Query, Answer> extends Loader<Trained<Data, Query, Answer>> {
  /**
   * Whether files that Headstart did not write are a model that `load` takes as well, such as the export of another program.
   * Default: none are.
   */
  adopts?(files: ModelFiles): Promise<boolean>
  /** The value of `--task`. */
  readonly name: string
  /** What its data are: 'a file with the columns text and label'. */
  readonly dataHelp: string
  /** The command that asks its models: 'predict', 'recommend'. */
  readonly verb: string
  /** What follows `headstart VERB MODEL`, as an example. */
  readonly example: string
  /**
   * From JSON, and from the command line: a word where it is a text, flags where it is an object. In a program a query can
   * hold more than JSON can say, such as a filter.
   */
  readonly query: z.ZodType<Query>
  /** A query from the bytes of a file, as they are sent over a network: a picture. Default: no query is a file. */
  fromBytes?(bytes: Uint8Array): Query
  /** Options of `Trained.asks` of its models. Default: there are none. */
  readonly asking?: z.ZodObject | undefined
  /** Where queries can lie, one after another. Default: nowhere. */
  readonly queries?: Queries<Query> | undefined
  /** Files of answers that are filled in where answers are missing: `headstart VERB MODEL FROM --out TO`. Default: there are none. */
  readonly fills?: Fills<Query, Answer> | undefined
  /** Path undefined: what options say alone, such as names of classes. */
  readonly read: Step<string | undefined, Data>
  readonly train: Step<Data, Learner<Data, Trained<Data, Query, Answer>>>
  /** What more examples would give. Default: nobody knows. */
  readonly curve?: Step<Data, Shown> | undefined
  readonly compare: Step<Data, Plan<Data, Trained<Data, Query, Answer>>>
  /** What is wrong with data, by their path, as they stand there: `headstart check`. Default: nothing is known of that. */
  readonly check?: Step<string, Checked>
  /** The pre-trained networks that it can begin with, where one chooses among them. */
  readonly networks?: Networks
  /** What kind of published model it begins with, where that is no encoder: such a one is fetched ahead of time by its id. */
  readonly beginsWith?: 'encoder-decoder' | undefined
  /** How people build up its data by hand. Default: elsewhere. */
  readonly bench?: BenchMaker<Data, Query> | undefined
  /** Data to begin with, where it has some. */
  readonly sample?: Sample<Query> | undefined
  /**
   * A quicker student of one of its models, from queries without answers. Default: there is none.
   * @throws DataError where it does not answer as the model does.
   */
  distill?(
    model: Trained<Data, Query, Answer>,
    queries: readonly Query[],
    run: Run,
  ): Promise<Trained<Data, Query, Answer>>
}

/** What was found in data. */
export interface Checked extends Documented {
  /** What to look at, as rows of a table: the number of an example, what is the matter with it, and what to do. */
  suspects(): readonly Readonly<Record<string, string | number>>[]
}

/** A task of a table of tasks; work on one is a generic function: `train<Data, Query, Answer>(task, ...)`. */
export type AnyTask = Task<unknown, unknown, unknown>

/** The pre-trained networks of a task. */
export interface Networks {
  /** The first is the default. */
  readonly listed: readonly [ListedNetwork, ...ListedNetwork[]]
  /**
   * Opens one of the list by its id, or any other that is published: by its id on the hub, or the path of its folder.
   * @param id Default: the first of the list.
   * @throws OptionError for an id that does not exist.
   */
  open(id: string | undefined, run: RunOptions, options?: { readonly forTuning?: boolean }): Promise<TunableBackbone>
  /** The parts of a published network that are fetched ahead of time: of a pair, both sides. */
  readonly parts: readonly string[]
}

/** A pre-trained network that is known by name. */
export interface ListedNetwork {
  readonly id: string
  readonly features: number
  /** Number of stages that can be unfrozen, from the last one on. */
  readonly stages: number
  readonly license: string
  readonly description: string
  /** Number of weights of one that is fetched when it is first used; undefined for one that is built in. */
  readonly parameters?: number
  /** Whether it can know something of inputs like these, such as texts of their language. Default: of all. */
  suits?(inputs: readonly unknown[]): boolean
}
