import type { Device, Graph, Tensor } from '@headstart/onnx'
import type { InputError } from './errors.js'
import type { InputChecks } from './input-checks.js'
import type { Dissected, Grid } from './input-parts.js'
import type { OnnxInput, TransformersInput } from './exported-input.js'
import type { Matrix } from './matrix.js'
import type { Progress } from './progress.js'

/** What kind of raw input a backbone takes: 'text', 'image', or that of a domain of one's own. */
export type Modality = string

/** A pre-trained network whose knowledge is reused. */
export interface Backbone<Input = unknown> {
  /** Stable name; part of cache keys and of saved models. */
  readonly id: string
  readonly modality: Modality
  /** Columns of the matrix that `embed` gives. */
  readonly featureSize: number
  /** Identifies weights and preprocessing together: equal fingerprints give equal features. Part of cache keys. */
  readonly fingerprint: string
  /**
   * What makes two inputs the same input, for the feature cache and the duplicate check.
   * @throws InputError where the input cannot be read.
   */
  contentKey(input: Input): ContentKey | Promise<ContentKey>
  /** See `Preprocessing.takes`. */
  readonly takes?: TakenInputs | undefined
  /**
   * Frozen forward pass: features, `[inputs.length, featureSize]`, in the order of the inputs.
   * @throws InputError where an input cannot be read and `onUnreadable` is not given.
   */
  embed(inputs: readonly Input[], options?: EmbedOptions): Promise<Matrix>
  /**
   * What is worth knowing of the inputs since the last call, in sentences: how many were cut, for one. Training and
   * evaluation say it.
   */
  takeNotices?(): readonly string[]
  /** Looks at an input whose features were kept, so that what is worth knowing of it is said again; where that is cheap. */
  review?(input: Input): void
  /** Releases its sessions. It opens new ones when it is used again. */
  close?(): Promise<void>
}

/** What an input is, for what has no types to check it by. */
export interface TakenInputs {
  /** In a sentence: 'a text'. */
  readonly what: string
  is(input: unknown): boolean
}

/** Content, or a digest of it. */
export type ContentKey = string | Uint8Array

/** Told the number of an input that cannot be read, and why. */
export type OnUnreadable = (index: number, error: InputError) => void

/** Options of `Backbone.embed`. */
export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with the number of inputs done so far. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Called for each input that cannot be read; its features are zero. Default: the first one ends the work. */
  readonly onUnreadable?: OnUnreadable | undefined
  /**
   * To the last bit, features do not depend on company: only inputs of one shape share a batch, of two at least. Default false: inputs
   * are padded to share one, which is quicker for a few.
   */
  readonly steady?: boolean | undefined
}

/** A backbone whose graph is at hand, so that it can be merged with a head, saved, and its layers unfrozen. */
export interface TunableBackbone<Input = unknown> extends Backbone<Input>, AsyncDisposable {
  readonly network: Network
  readonly preprocessing: Preprocessing<Input>
  /** The same kind of input through other weights; the fingerprint is theirs. */
  withNetwork(network: Network): TunableBackbone<Input>
  close(): Promise<void>
  /** Where the network runs, in order of preference: on others nothing does. */
  readonly devices: readonly Device[]
  /** The same backbone on other devices. */
  on(devices: Devices): TunableBackbone<Input>
}

/** Execution providers of onnxruntime, passed through, in order of preference: 'cpu', 'cuda', ['cuda', 'cpu']. */
export type Devices = Device | readonly Device[]

/** A graph with one output, the features `[batch, featureSize]`, and its stages. */
export interface Network {
  readonly graph: Graph
  /** Input to output, in order; together they cover the graph. */
  readonly stages: readonly Stage[]
}

/** A part of a network that is frozen or unfrozen as a whole. It ends at `output`; the next stage begins there. */
export interface Stage {
  readonly name: string
  /** Name of the value at which the stage ends: cutting the graph there puts this stage and all before into the prefix. */
  readonly output: string
}

/**
 * How one raw input becomes input tensors of the network, in two steps: `prepare` looks at one input (tokenize,
 * decode), `collate` joins several into one batch (pad, stack). A saved model holds it as data: `id`, `config` and
 * `files`, from which the adapter of the same id makes it again.
 */
export interface Preprocessing<Input = unknown, Prepared = unknown> {
  /** Names the adapter and its version, such as 'sentencepiece/1'. Changes when the tensors it makes change. */
  readonly id: string
  /** Settings, as JSON. */
  readonly config: JsonObject
  /** Data it needs (a vocabulary), by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** What an input is; others are refused before they are read. Default: anything but undefined and null. */
  readonly takes?: TakenInputs
  /** What makes two inputs the same input. @throws InputError where the input cannot be read. */
  contentKey(input: Input): ContentKey | Promise<ContentKey>
  /** @throws InputError where the input cannot be read. */
  prepare(input: Input): Prepared | Promise<Prepared>
  /**
   * Inputs that are prepared and sorted by cost together; at most twice as many are in memory. Default 1024: give less
   * where a prepared input is large.
   */
  readonly windowSize?: number
  /** Relative cost of one prepared input in a batch, such as its number of tokens; inputs of like cost share a batch. */
  cost(prepared: Prepared): number
  /** What the shape of its tensors follows from, where that is not its cost. */
  shape?(prepared: Prepared): string
  /** Largest cost of one batch: number of inputs times the cost of the dearest. Default 2048. */
  readonly batchCost?: number
  /** See `Backbone.takeNotices`. */
  takeNotices?(): readonly string[]
  /** See `Backbone.review`. */
  review?(input: Input): void
  /** What is known of such inputs for the check of data. */
  readonly checks?: InputChecks<Input>
  /**
   * The parts of an input, by which an answer is explained.
   * @param grid How many parts a picture has. Default: as many as tell something.
   * @throws InputError where the input cannot be read.
   */
  dissect?(input: Input, grid?: Grid): Promise<Dissected>
  /** Input tensors of the network by name; the first axis is the batch. */
  collate(batch: readonly Prepared[]): Record<string, Tensor>
  /**
   * The same for Transformers.js. Absent where no pipeline of it reads such inputs.
   * @throws DataError where none reads them with these settings.
   */
  forTransformers?(): TransformersInput
  /** The same for whoever runs the network from one ONNX file. Absent: that file takes what `collate` gives. */
  forOnnx?(): OnnxInput
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** True where the backbone's graph is at hand. */
export function isTunable<Input>(backbone: Backbone<Input>): backbone is TunableBackbone<Input> {
  return 'network' in backbone && 'preprocessing' in backbone
}
