import {
  type Dataset,
  describeModel,
  loadModel,
  type Method,
  type Modality,
  type Model,
  ModelFolderError,
  OptionError,
  readTextDataset,
  type RunOptions,
  type Target,
  type Task,
  textMethods,
  type TunableBackbone,
  universalSentenceEncoder,
} from '@headstart/nlp'

/** Flags that say how DATA is to be read. */
export interface DataFlags {
  readonly labelColumn?: string
  readonly textColumn?: string
  readonly format?: 'csv' | 'tsv' | 'jsonl'
}

/** A pre-trained network that the command line offers. */
export interface BackboneEntry {
  readonly id: string
  readonly features: number
  readonly license: string
  readonly description: string
  load(): Promise<TunableBackbone<string>>
}

/** What the command line knows of a kind of input. The first backbone is the default. */
export interface TaskEntry {
  readonly modality: Modality
  readonly backbones: readonly [BackboneEntry, ...BackboneEntry[]]
  readDataset(path: string, kind: Task, flags: DataFlags, options: RunOptions): Promise<Dataset<string, Target>>
  loadModel(folder: string): Promise<Model<string, Target>>
  methods(backbone: TunableBackbone<string>): Method<string>[]
}

/** Each value of `--task`. */
export const tasks = {
  text: {
    modality: 'text',
    backbones: [
      {
        id: 'universal-sentence-encoder-lite',
        features: 512,
        license: 'Apache-2.0',
        description: 'English sentences and short texts, up to 128 tokens; built in',
        load: () => universalSentenceEncoder(),
      },
    ],
    readDataset: (path, kind, flags, { onEvent, signal }) =>
      readTextDataset(path, {
        ...flags,
        task: kind,
        signal,
        onNotice: (message) => onEvent?.({ type: 'notice', message }),
      }),
    loadModel: (folder) => loadModel<Target>(folder),
    methods: textMethods,
  },
} satisfies Record<string, TaskEntry> as Record<TaskName, TaskEntry>

export type TaskName = 'text'

/**
 * The backbone of that id, or the task's default.
 * @throws OptionError for an id that does not exist.
 */
export function findBackbone(task: TaskName, id: string | undefined): BackboneEntry {
  const { backbones } = tasks[task]
  const found = id === undefined ? backbones[0] : backbones.find((entry) => entry.id === id)
  if (found) return found
  const known = backbones.map((entry) => entry.id).join(', ')
  throw new OptionError('option --backbone', `one of: ${known}`, String(id), 'See: headstart backbones')
}

/**
 * A saved model, and the task for whose inputs it was trained.
 * @throws ModelFolderError as `loadModel`, and for a kind of input that this command line does not know.
 */
export async function loadSavedModel(folder: string): Promise<{ task: TaskName; model: Model<string, Target> }> {
  const { modality } = await describeModel(folder)
  const task = (Object.keys(tasks) as TaskName[]).find((name) => tasks[name].modality === modality)
  if (task) return { task, model: await tasks[task].loadModel(folder) }
  const known = Object.values(tasks).map((entry) => entry.modality)
  throw new ModelFolderError(folder, `a model for ${known.join(' or ')}`, `one for ${modality}`, 'Update headstart.')
}
