import { type AnyTask, type ModelFiles } from '@headstart/core'
import { manifestName, manifestOf, modelFiles, ModelFolderError } from '@headstart/core/kit'

/** A task as the command line lists it: what it is called, how its models are asked, and where it comes from. */
export interface TaskEntry {
  readonly name: string
  /** The command that asks its models, as the task says. */
  readonly verb: string
  /** Imported when it is needed: who classifies texts does not wait for pictures. */
  load(): Promise<AnyTask>
}

/** Every task, in the order of lists. */
export const taskEntries: readonly TaskEntry[] = [
  { name: 'text', verb: 'predict', load: async () => (await import('@headstart/nlp')).textTask },
  {
    name: 'image',
    verb: 'predict',
    load: async () => {
      const { createImageTask } = await import('@headstart/vision/kit')
      // The other side of a pair such as CLIP reads names of classes.
      return createImageTask(async (...args) => (await import('@headstart/nlp')).transformersBackbone(...args))
    },
  },
  { name: 'chat', verb: 'reply', load: async () => (await import('@headstart/nlp')).chatTask },
  { name: 'translate', verb: 'translate', load: async () => (await import('@headstart/translation')).translateTask },
  { name: 'recommend', verb: 'recommend', load: async () => (await import('@headstart/recommender')).recommendTask },
]

/** The task of that name. */
export async function taskNamed(tasks: readonly TaskEntry[], name: string): Promise<AnyTask | undefined> {
  return tasks.find((entry) => entry.name === name)?.load()
}

/**
 * The task of a saved model.
 * @param likely One that is loaded, and most likely it.
 * @throws ModelFolderError when the folder is missing or no model's, and for a kind of model that is not known here.
 */
export async function taskOfModel(tasks: readonly TaskEntry[], folder: string, likely?: AnyTask): Promise<AnyTask> {
  const files = modelFiles(folder)
  if (!(await files.read(manifestName))) {
    const adopting = (await likely?.adopts?.(files)) ? likely : await taskThatAdopts(tasks, files)
    if (adopting) return adopting
  }
  const manifest = await manifestOf(files)
  if (likely?.opens(manifest)) return likely
  for (const { load } of tasks) {
    const task = await load()
    if (task.opens(manifest)) return task
  }
  const expected = `a model for ${tasks.map(({ name }) => name).join(', ')}`
  throw new ModelFolderError(folder, expected, `one of the kind ${String(manifest['format'])}`, 'Update headstart.')
}

/** The task that takes an export of another program for a model. */
async function taskThatAdopts(tasks: readonly TaskEntry[], files: ModelFiles): Promise<AnyTask | undefined> {
  for (const { load } of tasks) {
    const task = await load()
    if (await task.adopts?.(files)) return task
  }
  return undefined
}
