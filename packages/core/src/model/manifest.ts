import * as z from 'zod'
import type { JsonObject } from '../contract/backbone.js'
import { ModelFolderError } from '../contract/errors.js'
import { parseJsonText } from '../kit/parse-json.js'
import { sha256 } from '../kit/sha256.js'
import type { Ranked } from '../trust/ranked.js'
import { keptSchema } from './kept-examples.js'
import { recipeSchema } from './recipe.js'
import { savedReportSchema, trainingSchema } from './saved-report.js'

/** Version of the folder's layout that this code writes and the newest that it reads. */
const formatVersion = 1
export const manifestName = 'headstart.json'
export const graphName = 'model.onnx'
/** The head of the network alone, where something stands beside it. */
export const aloneName = 'network-alone.onnx'

/** What `headstart.json` of a folder says that was exported, and that Headstart itself does not read. */
export const exportFormat = 'headstart-export'

/** A kind of folder that a model is saved as: what its `headstart.json` holds. */
export interface FolderFormat<Manifest extends object> {
  /** What the field `format` says. */
  readonly name: `headstart-${string}`
  /** Version of the layout that is written, and the newest that is read: the field `formatVersion`. */
  readonly version: number
  /** Of all fields but `integrity`. */
  readonly schema: z.ZodType<Manifest>
}

const ranked: z.ZodType<Ranked> = z.object({ examples: z.number(), scores: z.array(z.number()).min(1) })

const manifestSchema = z.object({
  format: z.literal('headstart-model'),
  formatVersion: z.literal(formatVersion),
  task: z.enum(['classification', 'multi-label', 'regression']),
  labels: z.array(z.string()),
  backbone: z.object({
    id: z.string(),
    modality: z.string(),
    fingerprint: z.string(),
    /** Name of the value in `model.onnx` at which the backbone ends and the head begins. */
    output: z.string(),
    stages: z.array(z.object({ name: z.string(), output: z.string() })),
  }),
  preprocessing: z.object({ id: z.string(), config: z.record(z.string(), z.json()) }),
  recipe: recipeSchema,
  training: trainingSchema,
  /** On held-out training examples. */
  metrics: z.object({ crossValidation: savedReportSchema.nullable() }),
  /** Scores of training examples that were held out. Absent in older models. */
  trust: z.object({ familiarity: ranked.exactOptional(), conformity: ranked.exactOptional() }).exactOptional(),
  /** Marks of the training inputs (see `TrainedOn`), where they are not kept. Absent in older models. */
  trainedOn: z.base64().exactOptional(),
  /** Columns of the training data. Absent in older models, and where these are in no table. */
  columns: z.object({ input: z.string(), label: z.string() }).exactOptional(),
  /** The training examples, where they are kept. */
  kept: keptSchema.exactOptional(),
  /** SHA-256 of every other file in the folder. */
  files: z.record(z.string(), z.string()),
})
/** What `headstart.json` says of a model. */
export type Manifest = z.infer<typeof manifestSchema>

/** The folder of a `Model`. */
export const modelFormat: FolderFormat<Manifest> = {
  name: 'headstart-model',
  version: formatVersion,
  schema: manifestSchema,
}

/** The text of `headstart.json`. */
export function formatManifest(manifest: object): string {
  return `${JSON.stringify({ ...manifest, integrity: integrityOf(manifest) }, null, 2)}\n`
}

/**
 * Reads the text of `headstart.json`.
 * @throws ModelFolderError when it was changed, cut short, of another kind or written by a newer version.
 */
export function parseManifest(folder: string, text: string): Manifest
export function parseManifest<Other extends object>(folder: string, text: string, format: FolderFormat<Other>): Other
export function parseManifest(
  folder: string,
  text: string,
  { name, version, schema }: FolderFormat<object> = modelFormat,
): object {
  const json = parseJson(folder, text)
  refuseExported(folder, json)
  const [itsFormat, itsVersion] = [json['format'], json['formatVersion']]
  if (typeof itsFormat === 'string' && itsFormat.startsWith('headstart-') && itsFormat !== name) {
    throw new ModelFolderError(
      folder,
      `a folder of the kind ${name}`,
      `one of the kind ${itsFormat}`,
      'Use it with what is made for its kind.',
    )
  }
  if (itsFormat === name && typeof itsVersion === 'number' && itsVersion > version) {
    throw newer(folder, `format version ${version} or older`, `version ${itsVersion}`)
  }
  const { integrity, ...content } = json
  const isAsSaved = integrity === integrityOf(content)
  const parsed = schema.safeParse(content)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue
    const field = `field "${path.join('.')}": ${message}`
    // What is as it was saved is not damaged: whoever saved it knew something that this version does not.
    if (isAsSaved) throw newer(folder, `${manifestName} of a model that this version knows`, field)
    throw damaged(folder, `${manifestName} of a model`, field)
  }
  if (!isAsSaved) throw damaged(folder, `${manifestName} as it was saved`, 'other contents')
  return parsed.data
}

/** @throws ModelFolderError when it is no JSON. */
export function parseJson(folder: string, text: string): JsonObject {
  try {
    return Object(parseJsonText(text))
  } catch {
    throw damaged(folder, `${manifestName} to be JSON`, 'a file that is cut short or no JSON')
  }
}

/** @throws ModelFolderError for a folder that was written for others. */
export function refuseExported(folder: string, { format, to }: JsonObject): void {
  if (format !== exportFormat) return
  const remedy = 'Others read it: give the folder of the model that it was exported from.'
  throw new ModelFolderError(folder, 'a saved model', `one that was exported to ${String(to)}`, remedy)
}

export function damaged(folder: string, expected: string, got: string, options?: ErrorOptions): ModelFolderError {
  const remedy = 'The model was changed or copied in part: copy or train it again.'
  return new ModelFolderError(folder, expected, got, remedy, options)
}

/** The refusal of a folder that is whole, and holds what this version does not know. */
export function newer(folder: string, expected: string, got: string, options?: ErrorOptions): ModelFolderError {
  const remedy = 'Update Headstart, or save the model again with this version.'
  return new ModelFolderError(folder, expected, `${got}, written by a newer Headstart`, remedy, options)
}

/** A hash of the manifest itself, so that an edited label is noticed like an edited weight. */
function integrityOf(manifest: object): string {
  return sha256(JSON.stringify(manifest))
}
