import { OptionError } from '../contract/errors.js'
import type { ExportFormat, SaveOptions, Trained } from '../contract/trained.js'
import { writeFileAtomically } from '../kit/atomic-write.js'
import { writeModelFolder } from './write-model-folder.js'

/** What can be exported. */
export type Exportable = Pick<Trained<never, never, never>, 'exports'>

/** What was written. */
export interface ExportedFiles {
  /** Where: a folder, or the one file. */
  readonly path: string
  /** Names of the files in it, and their bytes. */
  readonly files: ReadonlyMap<string, number>
}

/**
 * Writes a model in a form in which it runs without Headstart: for Transformers.js ('transformers'), or as one ONNX file ('onnx').
 *
 *     await exportModel(model, 'transformers', 'public/models/reviews')
 *
 * @param to One of `model.exports`.
 * @param path Of the folder or, where the form is one file, of the file. What was exported there before, or a saved model, is
 *   replaced as a whole or not at all.
 * @throws OptionError for a form that the model does not have.
 * @throws DataError where it cannot be said in that form; nothing is written then.
 * @throws FileError when it cannot be written, or something else stands there.
 */
export async function exportModel(
  model: Exportable,
  to: string,
  path: string,
  options: SaveOptions = {},
): Promise<ExportedFiles> {
  const made = await exportFormatOf(model, to).make()
  if (ArrayBuffer.isView(made)) {
    options.signal?.throwIfAborted()
    await writeFileAtomically(path, made)
    return { path, files: new Map([[path, made.length]]) }
  }
  const files = await writeModelFolder(path, made, options)
  return { path, files: new Map([...files].map(([name, bytes]) => [name, bytes.length])) }
}

/** One of the forms that a model has. @throws OptionError where it has no such. */
export function exportFormatOf({ exports = {} }: Exportable, to: string | undefined): ExportFormat {
  const format = to !== undefined && Object.hasOwn(exports, to) ? exports[to] : undefined
  if (format) return format
  const expected = Object.keys(exports).join(' or ') || 'a model that can be exported'
  throw new OptionError('option "to"', expected, to === undefined ? 'none' : `"${to}"`, 'Give one that this model has.')
}
