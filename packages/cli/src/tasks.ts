import { existsSync } from 'node:fs'
import {
  describeModel,
  type Model,
  ModelFolderError,
  OptionError,
  type Target,
  type TunableBackbone,
} from '@headstart/core'
import type { Console } from './console.js'
import { imageTask } from './image-task.js'
import type { LoadOptions, TaskEntry } from './task.js'
import { textTask } from './text-task.js'

/** Each value of `--task`. */
export const tasks = { text: textTask, image: imageTask } satisfies Record<string, TaskEntry>

export type TaskName = keyof typeof tasks

/** Loads a backbone. @param forTuning Whether stages of it will be tuned. */
export type OpenBackbone = (screen: Console, forTuning?: boolean) => Promise<TunableBackbone<string>>

/**
 * The backbone of that id, or the task's default; a published one also by its id on the hub or the path of its folder. It is
 * loaded when it is needed.
 * @throws OptionError for an id that does not exist.
 */
export function findBackbone(task: TaskName, name: string | undefined): OpenBackbone {
  const { backbones, openPublished }: TaskEntry = tasks[task]
  const found = name === undefined ? backbones[0] : backbones.find(({ id }) => id === name)
  if (found) return (screen, forTuning) => found.load(loadOptions(screen, forTuning))
  // A name without a slash is sooner a slip than a network of somebody's.
  if (name !== undefined && openPublished && (name.includes('/') || existsSync(name))) {
    return (screen, forTuning) => openPublished(name, loadOptions(screen, forTuning))
  }
  const known = backbones.flatMap(({ id, parameters }) => (parameters === undefined ? [id] : [])).join(', ')
  const expected = openPublished
    ? `the path of a folder, an id on the hub (org/name), or one of: ${known}`
    : `one of: ${known}`
  throw new OptionError('option --backbone', expected, String(name), 'See: headstart backbones')
}

function loadOptions({ signal, onEvent, onDownload }: Console, forTuning = false): LoadOptions {
  return { signal, onNotice: (message) => onEvent({ type: 'notice', message }), onProgress: onDownload, forTuning }
}

/** The task whose backbones an id is one of; undefined for an id that is none of them. */
export function taskOfBackbone(id: string): TaskName | undefined {
  return (Object.keys(tasks) as TaskName[]).find((task) => tasks[task].backbones.some((entry) => entry.id === id))
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
