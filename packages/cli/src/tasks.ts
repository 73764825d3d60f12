import { describeModel, type Model, ModelFolderError, OptionError, type Target } from '@headstart/core'
import { imageTask } from './image-task.js'
import type { BackboneEntry, TaskEntry } from './task.js'
import { textTask } from './text-task.js'

/** Each value of `--task`. */
export const tasks = { text: textTask, image: imageTask } satisfies Record<string, TaskEntry>

export type TaskName = keyof typeof tasks

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
