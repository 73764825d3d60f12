import { type FolderFormat, manifestName } from '@headstart/core/load'
import * as z from 'zod'
import { scriptSchema } from './script.js'

const manifestSchema = z.object({
  format: z.literal('headstart-chat'),
  formatVersion: z.literal(1),
  script: scriptSchema,
  settings: z.object({ unknown: z.number(), odds: z.number() }),
  /** SHA-256 of every other file in the folder. */
  files: z.record(z.string(), z.string()),
})

/** The folder of the classifier in that of a bot. */
export const intentsFolder = 'intents'

/** The folder of a bot. */
export const chatFormat: FolderFormat<z.infer<typeof manifestSchema>> & { readonly manifest: string } = {
  name: 'headstart-chat',
  version: 1,
  schema: manifestSchema,
  manifest: manifestName,
}
