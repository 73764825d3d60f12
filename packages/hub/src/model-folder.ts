import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { type JsonObject } from '@headstart/core'
import { mostOfText, parseJsonText, readRegularFile, toFileError } from '@headstart/core/kit'
import { ModelFilesError } from './errors.js'

/** Depth of the folders that a model's files lie in. */
const deepest = 3

/** Options of `ModelFolder.open`. */
export interface OpenFolderOptions {
  /** What the model is called. */
  readonly id: string
  /** Links that lead out of this folder are refused. Default: links are followed anywhere. */
  readonly boundary?: string
  /** SHA-256 that files must have, by name. Default: nothing is known of them. */
  readonly hashes?: ReadonlyMap<string, string>
}

/** A published model on this disk, in the layout of the Hugging Face Hub. Names of files are relative, with slashes. */
export class ModelFolder {
  /** What the model is called: its id on the hub, or the name of its folder. */
  readonly id: string
  readonly path: string
  /** Names of all its files, sorted. */
  readonly names: readonly string[]
  /** Folder that links must not lead out of, where there is such. */
  readonly boundary: string | undefined
  /** SHA-256 of files for which the hub said it. */
  readonly hashes: ReadonlyMap<string, string>

  /** @throws FileError where the folder cannot be read. */
  static async open(path: string, options: OpenFolderOptions): Promise<ModelFolder> {
    try {
      const { boundary } = options
      const root = resolve(path)
      return new ModelFolder(root, await filesIn(root), {
        ...options,
        ...(boundary !== undefined && { boundary: await realpath(boundary) }),
      })
    } catch (error) {
      throw toFileError(error, path, 'read')
    }
  }

  private constructor(path: string, names: readonly string[], { id, boundary, hashes = new Map() }: OpenFolderOptions) {
    this.id = id
    this.path = path
    this.names = names
    this.boundary = boundary
    this.hashes = hashes
  }

  has(name: string): boolean {
    return this.names.includes(name)
  }

  /**
   * Where a file lies.
   * @throws ModelFilesError where the folder has no such file, or the file is a link that leads out of the cache.
   */
  async locate(name: string): Promise<string> {
    if (!this.has(name)) {
      const got = `a folder with ${this.names.slice(0, 5).join(', ') || 'nothing'}${this.names.length > 5 ? ', ...' : ''}`
      throw new ModelFilesError(this.path, `the file ${name}`, got, 'Check the folder, or fetch the model again.')
    }
    const path = join(this.path, name)
    if (this.boundary === undefined) return path
    const real = await realpath(path).catch((error: unknown) => {
      throw toFileError(error, path, 'read')
    })
    if (isInside(this.boundary, real)) return path
    const remedy = 'Delete the link; the file is fetched again.'
    throw new ModelFilesError(path, 'a file inside the cache', 'a link that leads out of it', remedy)
  }

  /**
   * Bytes of a file.
   * @throws ModelFilesError as `locate`; FileError where it cannot be read.
   */
  async read(name: string): Promise<Uint8Array> {
    const path = await this.locate(name)
    return readRegularFile(path, mostOfText).catch((error: unknown) => {
      throw toFileError(error, path, 'read')
    })
  }

  /** Size of a file in bytes. */
  async size(name: string): Promise<number> {
    return (await stat(await this.locate(name))).size
  }

  /**
   * What a JSON file says; undefined where there is no such file.
   * @throws ModelFilesError for a file that is no JSON object (or list, as `modules.json`).
   */
  async json(name: string): Promise<JsonObject | undefined> {
    if (!this.has(name)) return undefined
    const text = new TextDecoder().decode(await this.read(name))
    const problem = (got: string, options?: ErrorOptions): ModelFilesError =>
      new ModelFilesError(join(this.path, name), 'a JSON object', got, 'The file is damaged: fetch it again.', options)
    let value: unknown
    try {
      value = parseJsonText(text)
    } catch (cause) {
      throw problem(text.trim() === '' ? 'an empty file' : 'something else', { cause })
    }
    if (typeof value === 'object' && value !== null) return value as JsonObject
    throw problem(JSON.stringify(value).slice(0, 60))
  }
}

/** True where a path is a folder or lies below it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path)
}

/** Files of a folder and those below it. What is called `.something` belongs to a tool (git, a download). */
async function filesIn(root: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (folder: string, prefix: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const path = join(folder, entry.name)
      // A link to nothing counts as a file; whoever reads it learns so.
      const isFolder = entry.isSymbolicLink()
        ? ((await stat(path).catch(() => undefined))?.isDirectory() ?? false)
        : entry.isDirectory()
      if (!isFolder) found.push(prefix + entry.name)
      else if (depth < deepest) await walk(path, `${prefix}${entry.name}/`, depth + 1)
    }
  }
  await walk(root, '', 1)
  return found.sort()
}
