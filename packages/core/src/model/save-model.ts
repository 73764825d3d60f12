import type { Packed, SaveOptions } from '../contract/trained.js'

/**
 * Writes a model as a folder; an older model there is replaced as a whole or not at all.
 * @throws FileError when the folder cannot be written, or something that is no model stands there.
 */
export async function saveModel(folder: string, packed: Packed, options?: SaveOptions): Promise<void> {
  // Loaded where it is needed: a browser has no folders.
  const { writeModelFolder } = await import('./write-model-folder.js')
  await writeModelFolder(folder, packed, options)
}
