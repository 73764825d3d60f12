import type {
  Dataset,
  Method,
  Modality,
  Model,
  Progress,
  RunOptions,
  Target,
  Kind,
  TunableBackbone,
  TuningOptions,
  ZeroShotOptions,
} from '@headstart/core'
import type { RowFormat } from '@headstart/core/table'

/** Flags that say how DATA is to be read. */
export interface DataFlags {
  readonly labelColumn?: string
  readonly textColumn?: string
  readonly pathColumn?: string
  readonly format?: RowFormat
}

/** What loading a backbone says, and what stops it. */
export interface LoadOptions {
  readonly signal: AbortSignal
  readonly onNotice: (message: string) => void
  /** Told the bytes of a download. */
  readonly onProgress: (progress: Progress) => void
  /** Whether stages of it will be tuned. */
  readonly forTuning: boolean
}

/** A pre-trained network that the command line offers. */
export interface BackboneEntry {
  readonly id: string
  readonly features: number
  /** Number of stages that can be unfrozen, from the last one on. */
  readonly stages: number
  readonly license: string
  readonly description: string
  /** Number of weights of one that is fetched when it is first used; undefined for one that is built in. */
  readonly parameters?: number
  load(options: LoadOptions): Promise<TunableBackbone<string>>
}

/** What the command line knows of a kind of input, which it gets as a string: a text, or the path of a file. */
export interface TaskEntry {
  readonly modality: Modality
  /** An input for `headstart predict`, as an example. */
  readonly exampleInput: string
  /** The first is the default. */
  readonly backbones: readonly [BackboneEntry, ...BackboneEntry[]]
  /** Opens any other published network, by its id on the hub or the path of its folder. */
  readonly openPublished?: (idOrFolder: string, options: LoadOptions) => Promise<TunableBackbone<string>>
  readDataset(path: string, kind: Kind, flags: DataFlags, options: RunOptions): Promise<Dataset<string, Target>>
  loadModel(folder: string): Promise<Model<string, Target>>
  /** What `headstart compare` sets side by side. @param tuning How the backbone is tuned. */
  methods(backbone: TunableBackbone<string>, tuning: TuningOptions): Promise<Method<string>[]>
  /** A model from the names of the classes alone, where inputs can be compared with names. */
  readonly zeroShot?: (
    backbone: TunableBackbone<string>,
    labels: readonly string[],
    options?: ZeroShotOptions,
  ) => Promise<Model<string>>
  /** Whether that is so for a backbone. Default: for all. */
  readonly hasNames?: (backbone: TunableBackbone<string>) => boolean
}
