import { type JsonObject, type ModelFiles } from '@headstart/core'
import { type FolderFormat, readModelFolder } from '@headstart/core/kit'
import { z } from 'zod'
import type { LanguageOptions } from './languages.js'
import { decodeNetworks, type OpenTranslator, translatorParts } from './open-translator.js'

/** The folder of a translator that was saved: that of the hub, with a `headstart.json` beside. */
export const translatorFormat: FolderFormat<Manifest> = {
  name: 'headstart-translator',
  version: 1,
  schema: z.object({
    format: z.literal('headstart-translator'),
    formatVersion: z.literal(1),
    id: z.string(),
    languages: z.object({ from: z.string().optional(), to: z.string().optional() }),
    /** How it was trained, where it was. */
    training: z.record(z.string(), z.json()).optional(),
    files: z.record(z.string(), z.string()),
  }),
}

interface Manifest {
  readonly id: string
  readonly languages: LanguageOptions
  readonly training?: JsonObject | undefined
  /** SHA-256 of every other file in the folder. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * Reads a translator that was saved; every file's hash is checked.
 * @throws ModelFolderError where the folder is damaged, changed, of a newer format or of another kind.
 */
export async function readSavedTranslator(from: ModelFiles): Promise<OpenTranslator> {
  const { manifest, files } = await readModelFolder(from, translatorFormat)
  const beside = new Map([...files].filter(([name]) => !name.endsWith('.onnx')))
  const { id, languages, training } = manifest
  return { ...translatorParts(id, beside, decodeNetworks(files), languages), training }
}
