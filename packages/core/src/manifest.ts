import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ModelFolderError } from './errors.js'

/** Version of the folder's layout that this code writes and the newest that it reads. */
const formatVersion = 1
export const manifestName = 'headstart.json'
export const graphName = 'model.onnx'

const manifestSchema = z.object({
  format: z.literal('headstart-model'),
  formatVersion: z.literal(formatVersion),
  task: z.enum(['classification', 'multi-label', 'regression']),
  labels: z.array(z.string()),
  backbone: z.object({
    id: z.string(),
    modality: z.enum(['image', 'text', 'behavior']),
    fingerprint: z.string(),
    /** Name of the value in `model.onnx` at which the backbone ends and the head begins. */
    output: z.string(),
    stages: z.array(z.object({ name: z.string(), output: z.string() })),
  }),
  preprocessing: z.object({ id: z.string(), config: z.record(z.string(), z.json()) }),
  recipe: z.looseObject({ strategy: z.enum(['head', 'joint', 'contrastive', 'zero-shot']), seed: z.number(), l2: z.number(), folds: z.number() }),
  training: z.looseObject({ examples: z.number() }),
  metrics: z.object({ crossValidation: z.looseObject({ task: z.string() }).nullable() }),
  /** SHA-256 of every other file in the folder. */
  files: z.record(z.string(), z.string()),
})
/** What `headstart.json` says of a model. */
export type Manifest = z.infer<typeof manifestSchema>

/** The text of `headstart.json`. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, integrity: integrityOf(manifest) }, null, 2)}\n`
}

/**
 * Reads the text of `headstart.json`.
 * @throws ModelFolderError when it was changed, cut short or written by a newer version.
 */
export function parseManifest(folder: string, text: string): Manifest {
  let json: Record<string, unknown>
  try {
    json = Object(JSON.parse(text))
  } catch {
    throw damaged(folder, `${manifestName} to be JSON`, 'a file that is cut short or no JSON')
  }
  const version = json['formatVersion']
  if (json['format'] === 'headstart-model' && typeof version === 'number' && version > formatVersion) {
    throw new ModelFolderError(
      folder,
      `format version ${formatVersion} or older`,
      `version ${version}, written by a newer Headstart`,
      'Update Headstart, or save the model again with this version.',
    )
  }
  const { integrity, ...content } = json
  const parsed = manifestSchema.safeParse(content)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw damaged(folder, `${manifestName} of a model`, `field "${issue?.path.join('.')}": ${issue?.message}`)
  }
  if (integrity !== integrityOf(content)) throw damaged(folder, `${manifestName} as it was saved`, 'other contents')
  return parsed.data
}

export function damaged(folder: string, expected: string, got: string, options?: ErrorOptions): ModelFolderError {
  const remedy = 'The model was changed or copied in part: copy or train it again.'
  return new ModelFolderError(folder, expected, got, remedy, options)
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A hash of the manifest itself, so that an edited label is noticed like an edited weight. */
function integrityOf(manifest: object): string {
  return sha256(JSON.stringify(manifest))
}
