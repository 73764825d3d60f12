import { join } from 'node:path'
import {
  FileError,
  mostOfText,
  parseJsonText,
  readRegularFile,
  toFileError,
  writeFileAtomically,
} from '@headstart/core/kit'
import * as z from 'zod'
import { labelKind } from '../api/project.js'

/** Of the file by which a folder is a project. */
export const manifestName = 'headstart-project.json'

const manifest = z.looseObject({
  format: z.literal('headstart-project'),
  version: z.number(),
  /** As in `--task`. */
  task: z.string(),
  /** What a label is, as in `--kind`. */
  kind: labelKind.default('classification'),
  /** Classes in the order of their keys, also those without examples. */
  labels: z.array(z.string()).default([]),
  /** Examples whose labels were looked at and are right, by their ids: 'id label'. */
  confirmed: z.array(z.string()).default([]),
})
export type Manifest = z.output<typeof manifest>

const version = 1

/** Undefined where the folder is no project yet. @throws FileError for what is no such file, or of a newer version. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, manifestName)
  let text: string
  try {
    text = (await readRegularFile(path, mostOfText)).toString()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw toFileError(error, path, 'read')
  }
  const refuse = (expected: string, got: string, remedy: string): never => {
    throw new FileError('input', path, expected, got, remedy)
  }
  let json: unknown
  try {
    json = parseJsonText(text)
  } catch {
    return refuse('JSON', 'something else', 'Correct it, or take it away to begin anew: data and model stay.')
  }
  const parsed = manifest.safeParse(json)
  if (!parsed.success)
    return refuse('a project of Headstart', 'other JSON', 'Take it away to begin anew: data and model stay.')
  if (parsed.data.version > version)
    return refuse(`a project of version ${version}`, `version ${parsed.data.version}`, 'Update headstart.')
  return parsed.data
}

export async function writeManifest(
  folder: string,
  { task, labels, confirmed, ...rest }: Partial<Manifest>,
): Promise<void> {
  const whole = { ...rest, format: 'headstart-project', version, task, labels, confirmed }
  await writeJson(join(folder, manifestName), whole)
}

/** Whole or not at all. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`))
}

/** What stands in a file of ours; undefined where it is not there, or no such thing: it is made anew then. */
export async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(parseJsonText((await readRegularFile(path, mostOfText)).toString()))
  } catch {
    return undefined
  }
}
