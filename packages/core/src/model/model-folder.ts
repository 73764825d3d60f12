import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonObject } from '../contract/backbone.js'
import { FileError, ModelFolderError } from '../contract/errors.js'
import type { ModelFiles } from '../contract/model-files.js'
import type { Packed } from '../contract/trained.js'
import { isPlainName, writeFolderAtomically } from '../kit/atomic-write.js'
import { modelFiles } from '../kit/model-files.js'
import {
  damaged,
  type FolderFormat,
  formatManifest,
  manifestName,
  parseJson,
  parseManifest,
  refuseExported,
  sha256,
} from './manifest.js'

/** Options of `writeModelFolder`. */
export interface SaveOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a model's folder: its files, and `headstart.json` with what is said of it and their hashes. An older model of that
 * name is replaced as a whole, or not at all.
 * @returns All files of the folder, by name.
 * @throws FileError when the folder cannot be written, or something that is no model stands there.
 */
export async function writeModelFolder(
  folder: string,
  { manifest, files, beside = new Map() }: Packed,
  options: SaveOptions = {},
): Promise<ReadonlyMap<string, Uint8Array>> {
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]))
  const text = formatManifest({ ...manifest, files: hashes })
  const all = new Map([...files, ...beside, [manifestName, new TextEncoder().encode(text)]])
  await writeFolderAtomically(resolve(folder), all, { replace: refuseForeignFolder, ...options })
  return all
}

/**
 * Reads all files of a model. Every one's hash is checked.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export async function readModelFolder<Manifest extends { readonly files: Readonly<Record<string, string>> }>(
  place: string | ModelFiles,
  format: FolderFormat<Manifest>,
): Promise<{ manifest: Manifest; files: Map<string, Uint8Array> }> {
  const from = modelFiles(place)
  const manifest = parseManifest(from.name, await readManifest(from), format)
  const files = new Map<string, Uint8Array>()
  for (const [name, hash] of Object.entries(manifest.files)) {
    if (!name.split('/').every(isPlainName)) {
      throw new ModelFolderError(from.name, 'names of files inside the folder', `"${name}"`, 'Do not use this model.')
    }
    const bytes = await from.read(name)
    if (!bytes) throw damaged(from.name, `the file ${name}`, 'no such file')
    if (sha256(bytes) !== hash) throw damaged(from.name, `${name} as it was saved (SHA-256 ${hash})`, 'other contents')
    files.set(name, bytes)
  }
  return { manifest, files }
}

/**
 * The `headstart.json` of a model, as JSON: what it is, said by its fields. Whether the model is whole is seen when it is read.
 * @throws ModelFolderError when the folder is missing or no model's, and for one that was exported.
 */
export async function manifestOf(place: string | ModelFiles): Promise<JsonObject> {
  const from = modelFiles(place)
  const json = parseJson(from.name, await readManifest(from))
  refuseExported(from.name, json)
  return json
}

/** The text of the model's `headstart.json`. */
export async function readManifest(from: ModelFiles): Promise<string> {
  const bytes = await from.read(manifestName)
  if (bytes) return new TextDecoder().decode(bytes)
  const got = (await from.describe?.()) ?? `no ${manifestName}`
  const remedy = 'Give the path of a folder that was written by saving a model.'
  throw new ModelFolderError(from.name, `a model folder (with ${manifestName} in it)`, got, remedy)
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
