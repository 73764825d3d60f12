import type { Context } from 'hono'
import type * as z from 'zod'
import { StudioError } from './studio-error.js'

/** Bytes of a body of JSON, and of a file that is dropped. */
export const most = { json: 24 * 2 ** 20, file: 64 * 2 ** 20 }

/** @throws StudioError for more than `limit` bytes; no more is read. */
export async function bytesOf({ req }: Context, limit: number): Promise<Uint8Array> {
  const tooLarge = (got: string): StudioError => {
    const expected = `at most ${limit / 2 ** 20} MiB`
    return new StudioError(413, 'request', expected, got, 'Bring it in parts: several smaller files.')
  }
  const said = Number(req.header('content-length') ?? 0)
  if (said > limit) throw tooLarge(`${(said / 2 ** 20).toFixed(1)} MiB`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of (req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength
    if (size > limit) throw tooLarge('more')
    parts.push(part)
  }
  return Buffer.concat(parts, size)
}

/** @throws StudioError for what is no JSON, or not of that shape. */
export async function jsonOf<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const type = context.req.header('content-type') ?? 'none'
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new StudioError(415, 'request', 'the type application/json', type, 'Send JSON.')
  const bytes = await bytesOf(context, most.json)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new StudioError(
      400,
      'request',
      'JSON in UTF-8',
      bytes.length === 0 ? 'nothing' : 'something else',
      'Send JSON.',
    )
  }
  return shaped(json, schema)
}

/** @throws StudioError where it is not of that shape. */
export function shaped<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.') || 'request'
  throw new StudioError(400, at, 'another shape', issue?.message ?? 'what it is', 'See src/api of @headstart/studio.')
}
