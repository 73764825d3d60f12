import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FileError } from '../contract/errors.js'
import type { Packed, SaveOptions } from '../contract/trained.js'
import { isOfReplacing, prepareToWrite, writeFolderAtomically } from '../kit/atomic-write.js'
import { sha256 } from '../kit/sha256.js'
import { formatManifest, manifestName } from './manifest.js'

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
 * Makes sure, before a model is trained, that it can be saved there: the folders above it are made.
 * @throws FileError where it could not be: no folder can be written there, or something that is no model stands there.
 */
export async function prepareModelFolder(folder: string): Promise<void> {
  await prepareToWrite(resolve(folder), 'folder')
  if (existsSync(folder)) await refuseForeignFolder(folder)
}

/** A folder may be replaced when it is a model, or empty. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !isOfReplacing(name))
  if (names.length === 0 || names.includes(manifestName)) return
  throw new FileError(
    'input',
    folder,
    'a new folder, or one with a model to replace',
    `a folder with ${names.slice(0, 5).join(', ')}`,
    'Nothing was changed: choose another folder.',
  )
}
