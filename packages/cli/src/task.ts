import type { Dataset, Method, Modality, Model, RunOptions, Target, Task, TunableBackbone, TuningOptions } from '@headstart/core'
import type { RowFormat } from '@headstart/core/table'

/** Flags that say how DATA is to be read. */
export interface DataFlags {
  readonly labelColumn?: string
  readonly textColumn?: string
  readonly pathColumn?: string
  readonly format?: RowFormat
}

/** A pre-trained network that the command line offers. */
export interface BackboneEntry {
  readonly id: string
  readonly features: number
  /** Number of stages that can be unfrozen, from the last one on. */
  readonly stages: number
  readonly license: string
  readonly description: string
  load(): Promise<TunableBackbone<string>>
}

/** What the command line knows of a kind of input, which it gets as a string: a text, or the path of a file. */
export interface TaskEntry {
  readonly modality: Modality
  /** An input for `headstart predict`, as an example. */
  readonly exampleInput: string
  /** The first is the default. */
  readonly backbones: readonly [BackboneEntry, ...BackboneEntry[]]
  readDataset(path: string, kind: Task, flags: DataFlags, options: RunOptions): Promise<Dataset<string, Target>>
  loadModel(folder: string): Promise<Model<string, Target>>
  /** What `headstart compare` sets side by side. @param tuning How the backbone is tuned. */
  methods(backbone: TunableBackbone<string>, tuning: TuningOptions): Promise<Method<string>[]>
}
