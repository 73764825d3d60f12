import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyTask } from '@headstart/core'
import {
  DataError,
  manifestOf,
  modelFiles,
  OptionError,
  prepareModelFolder,
  writeModelFolder,
} from '@headstart/core/kit'
import type { StoredRun } from '../project/history.js'
import type { AnyTrained } from './folder-model.js'

const folderName = 'beside'

/** Models that stand beside the one that is kept, to be asked side by side: `beside/RUN/METHOD`, of the last training alone. */
export class ModelsBeside {
  readonly #folder: string
  readonly #task: AnyTask
  /** By run and method. */
  readonly #open = new Map<string, Promise<AnyTrained>>()

  constructor(folder: string, task: AnyTask) {
    this.#folder = join(folder, folderName)
    this.#task = task
  }

  /** Writes those of a training, which are closed then. Those of others go when `forget` is called. */
  async write(run: string, models: ReadonlyMap<string, AnyTrained>): Promise<void> {
    for (const [name, trained] of models) {
      const folder = join(this.#folder, run, name)
      try {
        const packed = await trained.pack()
        await prepareModelFolder(folder)
        await writeModelFolder(folder, packed)
      } catch (error) {
        // One that cannot be saved can be asked nowhere else.
        if (!(error instanceof DataError)) throw error
      } finally {
        await trained.close()
      }
    }
  }

  /** Takes away all but those of this training. */
  async forget(kept: string): Promise<void> {
    for (const key of this.#open.keys()) if (!key.startsWith(`${kept}/`)) await this.#close(key)
    for (const other of await readdir(this.#folder).catch(() => []))
      if (other !== kept) await rm(join(this.#folder, other), { recursive: true, force: true })
  }

  /** @throws OptionError for a method that is not among those of the last training. */
  async get(run: StoredRun | undefined, name: string): Promise<AnyTrained> {
    const known = run === undefined ? [] : await readdir(join(this.#folder, run.id)).catch(() => [])
    if (run === undefined || !known.includes(name)) {
      const expected = `those of the last training (${known.sort().join(', ') || 'none yet'})`
      throw new OptionError('methods', expected, name, 'Train them side by side first.')
    }
    const key = `${run.id}/${name}`
    const opened = this.#open.get(key) ?? this.#load(join(this.#folder, run.id, name))
    this.#open.set(key, opened)
    opened.catch(() => this.#open.delete(key))
    return opened
  }

  async close(): Promise<void> {
    for (const key of this.#open.keys()) await this.#close(key)
  }

  async #load(folder: string): Promise<AnyTrained> {
    const files = modelFiles(folder)
    // Says what is the matter with it.
    await manifestOf(files)
    return this.#task.load(files)
  }

  async #close(key: string): Promise<void> {
    const opened = this.#open.get(key)
    this.#open.delete(key)
    await opened?.then((trained) => trained.close()).catch(() => {})
  }
}
