import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyTask, HeadstartError, type Trained } from '@headstart/core'
import { manifestOf, modelFiles, OptionError } from '@headstart/core/kit'

export type AnyTrained = Trained<unknown, unknown, unknown>

/** A model as it lies in the folder. */
export interface Loaded {
  readonly trained: AnyTrained
  /** Of its `headstart.json`: which model it is. */
  readonly hash: string
}

/** The model in a folder, loaded anew where another program, or a training, replaced it. */
export class FolderModel {
  readonly folder: string
  readonly #task: AnyTask
  #seen = ''
  #loaded: Promise<Loaded> | undefined
  /** Why what lies there cannot be loaded. */
  #problem: string | undefined

  constructor(folder: string, task: AnyTask) {
    this.folder = folder
    this.#task = task
  }

  get problem(): string | undefined {
    return this.#problem
  }

  /** Undefined where there is none, or none that can be loaded: `problem` says why. */
  async find(): Promise<Loaded | undefined> {
    const path = join(this.folder, 'headstart.json')
    const found = await stat(path, { bigint: true }).catch(() => undefined)
    if (!found) {
      await this.#forget()
      return undefined
    }
    const seen = `${found.size} ${found.mtimeNs} ${found.ino}`
    if (seen !== this.#seen) {
      await this.#forget()
      this.#seen = seen
      this.#loaded = this.#load(path)
      this.#loaded.catch(() => {})
    }
    try {
      return await this.#loaded
    } catch (error) {
      if (!(error instanceof HeadstartError)) throw error
      this.#problem = error.message
      return undefined
    }
  }

  /** @throws OptionError where there is none. */
  async need(): Promise<Loaded> {
    const found = await this.find()
    if (found) return found
    const got = this.#problem ?? 'none'
    throw new OptionError('project', 'a model in its folder', got, 'Train one first.')
  }

  async close(): Promise<void> {
    await this.#forget()
  }

  async #load(path: string): Promise<Loaded> {
    const files = modelFiles(this.folder)
    const manifest = await manifestOf(files)
    if (!this.#task.opens(manifest)) {
      const remedy = 'Train one here, which replaces it, or take the folder away.'
      throw new OptionError(this.folder, `a model of the task ${this.#task.name}`, 'one of another task', remedy)
    }
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    return { trained: await this.#task.load(files), hash }
  }

  async #forget(): Promise<void> {
    const before = this.#loaded
    this.#seen = ''
    this.#problem = undefined
    this.#loaded = undefined
    await before?.then(({ trained }) => trained.close()).catch(() => {})
  }
}
