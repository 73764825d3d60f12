import { readBody, readJson, RequestError } from '@headstart/serve/kit'
import type { BroughtFile } from '@headstart/core/kit'
import type { Context } from 'hono'
import type * as z from 'zod'

/** Bytes of a body of JSON, and of a file that is dropped. */
const most = { json: 24 * 2 ** 20, file: 64 * 2 ** 20 }
const remedy = 'Bring it in parts: several smaller files.'

/** A file that is dropped. @throws RequestError for one that is too large; no more of it is read. */
export function fileOf({ req }: Context): Promise<Uint8Array> {
  return readBody(req.raw, most.file, remedy)
}

/** Files that are brought together, under their names. @throws RequestError where they are too large, or none. */
export async function filesOf(c: Context): Promise<readonly BroughtFile[]> {
  const bytes = await fileOf(c)
  const headers = { 'content-type': c.req.header('content-type') ?? '' }
  const form = await new Response(bytes as Uint8Array<ArrayBuffer>, { headers }).formData().catch(() => undefined)
  const files = [...(form ?? [])].flatMap(([name, value]) => (typeof value === 'string' ? [] : [{ name, value }]))
  if (files.length === 0) throw new RequestError(400, 'request', 'files (multipart/form-data)', 'none', 'Choose some.')
  return Promise.all(files.map(async ({ name, value }) => ({ name, bytes: new Uint8Array(await value.arrayBuffer()) })))
}

/** @throws RequestError for what is no JSON, or not of that shape. */
export async function jsonOf<Schema extends z.ZodType>({ req }: Context, schema: Schema): Promise<z.output<Schema>> {
  return shaped(await readJson(req.raw, most.json, remedy), schema)
}

/** @throws RequestError where it is not of that shape. */
export function shaped<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.') || 'request'
  const see = 'See src/api of @headstart/studio.'
  throw new RequestError(400, at, 'another shape', issue?.message ?? 'what it is', see)
}
