import type { JsonObject } from '../contract/backbone.js'
import { ModelFolderError } from '../contract/errors.js'
import type { ModelFiles } from '../contract/model-files.js'
import { nextFolder } from '../kit/next-folder.js'
import { isPlainName } from '../kit/plain-name.js'
import { sha256OfFile } from '../kit/sha256.js'
import { damaged, type FolderFormat, manifestName, parseJson, parseManifest, refuseExported } from './manifest.js'

/**
 * Reads all files of a model. Every one's hash is checked.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind.
 */
export async function readModelFolder<Manifest extends { readonly files: Readonly<Record<string, string>> }>(
  from: ModelFiles,
  format: FolderFormat<Manifest>,
): Promise<{ manifest: Manifest; files: Map<string, Uint8Array> }> {
  for (let tries = 1; ; tries++) {
    const text = await readManifest(from)
    const manifest = parseManifest(from.name, text, format)
    try {
      const read = async ([name, hash]: [string, string]): Promise<[string, Uint8Array]> => [
        name,
        await readWhole(from, name, hash),
      ]
      return { manifest, files: new Map(await Promise.all(Object.entries(manifest.files).map(read))) }
    } catch (error) {
      // Another process may be saving: then the manifest is another one by now, or the file has come.
      const isReplaced = (await readManifest(from)) !== text
      if (!(error instanceof ModelFolderError) || tries >= (isReplaced ? mostReplaced : mostAlike)) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** Attempts at a model that others replace again and again, at one that stays the same, and milliseconds between them. */
const [mostReplaced, mostAlike, pause] = [1000, 3, 5]

/** A file of a model; where it is not as the manifest says, the one that is on its way to that place. */
async function readWhole(from: ModelFiles, name: string, hash: string): Promise<Uint8Array> {
  if (!name.split('/').every(isPlainName)) {
    throw new ModelFolderError(from.name, 'names of files inside the folder', `"${name}"`, 'Do not use this model.')
  }
  const isWhole = async (bytes: Uint8Array | undefined): Promise<boolean> =>
    bytes !== undefined && (await sha256OfFile(bytes)) === hash
  const bytes = await from.read(name)
  if (bytes && (await isWhole(bytes))) return bytes
  const next = await from.read(`${nextFolder}/${name}`)
  if (next && (await isWhole(next))) return next
  if (!bytes) throw damaged(from.name, `the file ${name}`, 'no such file')
  throw damaged(from.name, `${name} as it was saved (SHA-256 ${hash})`, 'other contents')
}

/**
 * The `headstart.json` of a model, as JSON: what it is, said by its fields. Whether the model is whole is seen when it is read.
 * @throws ModelFolderError when the folder is missing or no model's, and for one that was exported.
 */
export async function manifestOf(from: ModelFiles): Promise<JsonObject> {
  const json = parseJson(from.name, await readManifest(from))
  refuseExported(from.name, json)
  return json
}

/** Bytes that `headstart.json` may have. */
const mostOfManifest = 2 ** 25

/** The text of the model's `headstart.json`. */
export async function readManifest(from: ModelFiles): Promise<string> {
  const bytes = await from.read(manifestName)
  if (bytes && bytes.length > mostOfManifest) {
    throw damaged(from.name, `${manifestName} of at most ${mostOfManifest} bytes`, `one of ${bytes.length}`)
  }
  if (bytes) return new TextDecoder().decode(bytes)
  const got = (await from.describe?.()) ?? `no ${manifestName}`
  const remedy = 'Give the path of a folder that was written by saving a model.'
  throw new ModelFolderError(from.name, `a model folder (with ${manifestName} in it)`, got, remedy)
}
