import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { AnyTask, LoadOptions, Trained } from '@headstart/core'
import { manifestName, modelFiles } from '@headstart/core/kit'

/** Any model. */
export type AnyTrained = Trained<unknown, unknown, unknown>

/** A model, and the task that it is of. */
export interface OpenedModel {
  readonly task: AnyTask
  readonly trained: AnyTrained
}

/** Where a model comes from. */
export interface ModelSource {
  /** What it is called in addresses: `/models/NAME`. */
  readonly name: string
  open(options: LoadOptions): Promise<OpenedModel>
  /** Changes when there is another one to open; undefined while there is none. Default: it never does. */
  version?(): Promise<string | undefined>
}

/**
 * The model in a folder; another one that is put in its place is served as soon as it is seen.
 * @param taskOf Finds the task of a saved model.
 * @param name Default: that of the folder.
 */
export function folderModel(
  folder: string,
  taskOf: (folder: string) => Promise<AnyTask>,
  name: string = basename(resolve(folder)),
): ModelSource {
  return {
    name,
    async open(options) {
      const task = await taskOf(folder)
      return { task, trained: await task.load(modelFiles(folder), options) }
    },
    async version() {
      // A folder of another program has no manifest; that files come and go is seen in the folder itself.
      for (const place of [join(folder, manifestName), folder]) {
        const found = await stat(place).catch(() => undefined)
        if (found) return `${found.mtimeMs} ${found.size} ${found.ino}`
      }
      return undefined
    },
  }
}

/** A model that is there already, and closed by whoever made it. */
export function openModel<Data, Query, Answer>(
  name: string,
  task: AnyTask,
  trained: Trained<Data, Query, Answer>,
): ModelSource {
  return { name, open: async () => ({ task, trained: shared(trained as unknown as AnyTrained) }) }
}

/** The same model, which is not closed here. */
function shared(trained: AnyTrained): AnyTrained {
  const stay = async (): Promise<void> => {}
  return new Proxy(trained, {
    get(target, name) {
      if (name === 'close' || name === Symbol.asyncDispose) return stay
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
