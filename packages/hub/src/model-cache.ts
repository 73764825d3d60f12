import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import {
  defaultCacheDirectory,
  type LockOptions,
  parseJsonText,
  toFileError,
  withLock,
  writeFileAtomically,
} from '@headstart/core/kit'
import { HubError } from './errors.js'
import { type ListedFile, type Listing, listingSchema } from './listing.js'

/** Options of the cache of models. */
export interface ModelCacheOptions {
  /** Default: `models` in the cache directory of Headstart (HEADSTART_CACHE). */
  readonly directory?: string | undefined
  /**
   * Bytes that models may take together; those used longest ago give way. Default: HEADSTART_MODELS_GB gigabytes (10⁹ bytes),
   * else 20.
   */
  readonly maxBytes?: number | undefined
}

/** Ends the name of what is held by who fetches a model. */
const lockSuffix = '.lock'

/** @throws HubError where the environment says no number. */
function usualBytes(): number {
  const { HEADSTART_MODELS_GB: text } = process.env
  if (!text) return 20e9
  const gigabytes = Number(text)
  if (gigabytes > 0) return gigabytes * 1e9
  throw new HubError(
    'input',
    'HEADSTART_MODELS_GB',
    'a number of gigabytes above 0',
    `"${text}"`,
    'Correct it or leave it out.',
  )
}

/**
 * Models fetched from a hub: `ORG--NAME/COMMIT/FILES`, and beside it `REVISION.json`, the listing of that revision. The time
 * of that file is the model's last use.
 */
export class ModelCache {
  readonly directory: string
  readonly maxBytes: number

  constructor({
    directory = join(defaultCacheDirectory(), 'models'),
    maxBytes = usualBytes(),
  }: ModelCacheOptions = {}) {
    this.directory = directory
    this.maxBytes = maxBytes
  }

  /** Where the files of a version of a model lie. */
  folderOf({ id, commit }: Pick<Listing, 'id' | 'commit'>): string {
    return join(this.directory, folderName(id), commit)
  }

  /** The listing of a revision, as it was when the model was fetched. */
  async find(id: string, revision: string): Promise<Listing | undefined> {
    const path = this.#recordOf(id, revision)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const parsed = listingSchema.safeParse(parseOrUndefined(text))
    if (!parsed.success || parsed.data.id !== id) return undefined
    const now = new Date()
    // Best effort: a cache that cannot be written can still be read.
    await utimes(path, now, now).catch(() => {})
    return parsed.data
  }

  /**
   * Does something to a model while no other process does.
   * @throws FileError where the cache cannot be written.
   */
  async alone<T>(id: string, work: () => Promise<T>, options: LockOptions): Promise<T> {
    const folder = join(this.directory, folderName(id))
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw toFileError(error, this.directory, 'write')
    })
    return withLock(`${folder}${lockSuffix}`, work, options)
  }

  /** Notes the listing of a revision, and deletes versions that no revision stands for any more. */
  async note(listing: Listing, revision: string): Promise<void> {
    await writeFileAtomically(this.#recordOf(listing.id, revision), new TextEncoder().encode(JSON.stringify(listing)))
    const folder = join(this.directory, folderName(listing.id))
    const names = await readdir(folder)
    const records = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8')),
    )
    const unused = names.filter(
      (name) => /^[0-9a-f]{40}$/.test(name) && !records.some((record) => record.includes(name)),
    )
    await Promise.all(unused.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  }

  /** Those of some files that are not there in their size. */
  async missing(listing: Listing, files: readonly ListedFile[]): Promise<ListedFile[]> {
    const sizes = await Promise.all(
      files.map(async ({ name }) => (await stat(join(this.folderOf(listing), name)).catch(() => undefined))?.size),
    )
    return files.filter(({ size }, place) => sizes[place] === undefined || (size !== null && sizes[place] !== size))
  }

  /**
   * Deletes the models used longest ago until there is room for some more bytes.
   * @param keep Id of a model that stays, as do those that another process fetches.
   * @throws HubError where not even an empty cache has that room.
   */
  async makeRoom(bytes: number, keep: string): Promise<void> {
    if (bytes > this.maxBytes) {
      const expected = `a model of at most ${this.maxBytes / 1e9} GB, the limit of the cache`
      throw new HubError(
        'input',
        keep,
        expected,
        `${bytes / 1e9} GB`,
        'Choose a smaller model or raise the limit (HEADSTART_MODELS_GB).',
      )
    }
    try {
      const models = (
        await Promise.all((await foldersIn(this.directory)).map((name) => modelIn(join(this.directory, name), name)))
      ).sort((a, b) => a.usedAt - b.usedAt)
      let total = models.reduce((sum, model) => sum + model.bytes, bytes)
      for (const model of models) {
        if (total <= this.maxBytes) break
        if (model.name === folderName(keep) || existsSync(`${model.path}${lockSuffix}`)) continue
        await rm(model.path, { recursive: true, force: true })
        total -= model.bytes
      }
    } catch (error) {
      throw toFileError(error, this.directory, 'write')
    }
  }

  #recordOf(id: string, revision: string): string {
    return join(this.directory, folderName(id), `${encodeURIComponent(revision)}.json`)
  }
}

/** An id as the name of a folder; `--` is in no id. */
function folderName(id: string): string {
  return id.replaceAll('/', '--')
}

async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

interface CachedModel {
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

async function modelIn(path: string, name: string): Promise<CachedModel> {
  let bytes = 0
  let usedAt = 0
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const { size, mtimeMs } = await stat(join(entry.parentPath, entry.name))
    bytes += size
    if (entry.parentPath === path) usedAt = Math.max(usedAt, mtimeMs)
  }
  return { name, path, bytes, usedAt }
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseJsonText(text)
  } catch {
    return undefined
  }
}
