import { readdir, readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { FileError, ModelFolderError } from '../contract/errors.js'
import { errorCode, toFileError } from '../kit/file-error.js'
import {
  damaged,
  type FolderFormat,
  formatManifest,
  formatNamedIn,
  manifestName,
  parseManifest,
  sha256,
} from './manifest.js'
import { writeFolderAside } from '../kit/atomic-write.js'

/** Options of `writeModelFolder`. */
export interface SaveOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a model's folder: its files, and `headstart.json` with what is said of it and their hashes. An older model of that
 * name is replaced as a whole, or not at all.
 * @throws FileError when the folder cannot be written, or something that is no model stands there.
 */
export async function writeModelFolder(
  folder: string,
  manifest: object,
  files: ReadonlyMap<string, Uint8Array>,
  options: SaveOptions = {},
): Promise<void> {
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]))
  const text = formatManifest({ ...manifest, files: hashes })
  const all = new Map(files).set(manifestName, new TextEncoder().encode(text))
  await writeFolderAside(resolve(folder), all, { replace: refuseForeignFolder, ...options })
}

/**
 * Reads a model's folder. Every file's hash is checked.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export async function readModelFolder<Manifest extends { readonly files: Readonly<Record<string, string>> }>(
  folder: string,
  format: FolderFormat<Manifest>,
): Promise<{ manifest: Manifest; files: Map<string, Uint8Array> }> {
  const manifest = parseManifest(folder, await readManifest(folder), format)
  const files = new Map<string, Uint8Array>()
  for (const [name, hash] of Object.entries(manifest.files)) {
    const path = resolve(folder, name)
    if (!path.startsWith(resolve(folder) + sep)) {
      throw new ModelFolderError(folder, 'names of files inside the folder', `"${name}"`, 'Do not use this model.')
    }
    const bytes = await readFile(path).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw toFileError(error, path, 'read')
      throw damaged(folder, `the file ${name}`, 'no such file')
    })
    if (sha256(bytes) !== hash) throw damaged(folder, `${name} as it was saved (SHA-256 ${hash})`, 'other contents')
    files.set(name, bytes)
  }
  return { manifest, files }
}

/**
 * What a model's folder is, as its `headstart.json` says: "headstart-model", "headstart-recommender"; undefined where it says
 * nothing. Whether it is whole is seen when it is read.
 * @throws ModelFolderError when the folder is missing or no model's.
 */
export async function folderFormat(folder: string): Promise<string | undefined> {
  return formatNamedIn(folder, await readManifest(folder))
}

/** The text of the folder's `headstart.json`. */
export async function readManifest(folder: string): Promise<string> {
  const path = join(folder, manifestName)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw toFileError(error, path, 'read')
    const got = await whatStandsAt(folder)
    const remedy = 'Give the path of a folder that was written by saving a model.'
    throw new ModelFolderError(folder, `a model folder (with ${manifestName} in it)`, got, remedy)
  }
}

async function whatStandsAt(folder: string): Promise<string> {
  try {
    const names = await readdir(folder)
    return names.length === 0 ? 'an empty folder' : `a folder with ${names.slice(0, 5).join(', ')}`
  } catch (error) {
    return errorCode(error) === 'ENOTDIR' ? 'a file' : 'nothing of that name'
  }
}

/** A folder may be replaced when it is a model, or empty. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length === 0 || names.includes(manifestName)) return
  throw new FileError(
    'input',
    folder,
    'a new folder, or one with a model to replace',
    `a folder with ${names.slice(0, 5).join(', ')}`,
    'Nothing was changed: choose another folder.',
  )
}
