import { parseJsonText } from '@headstart/core/kit'
import { z } from 'zod'
import { HubError } from './errors.js'
import type { HubClient } from './hub-client.js'

const fileSchema = z.object({
  name: z.string(),
  /** Bytes; null where the hub does not say. */
  size: z.number().int().nonnegative().nullable(),
  /** SHA-256 of a large file, or the id of a blob in git (SHA-1 with a header); null where the hub does not say. */
  hash: z
    .string()
    .regex(/^([0-9a-f]{64}|[0-9a-f]{40})$/)
    .nullable(),
})

export const listingSchema = z.object({
  id: z.string(),
  /** Identifies one version of all files. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** What the hub says the model does, such as 'feature-extraction'. */
  pipeline: z.string().nullable(),
  license: z.string().nullable(),
  files: z.array(fileSchema),
})

/** One version of a model on the hub: its files, before they are fetched. */
export type Listing = z.infer<typeof listingSchema>
export type ListedFile = z.infer<typeof fileSchema>

/** The part of the hub's answer that is used (`GET /api/models/ID/revision/REVISION?blobs=true`). */
const answerSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  pipeline_tag: z.string().nullish(),
  cardData: z.looseObject({ license: z.unknown() }).nullish(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().nullish(),
      blobId: z.string().nullish(),
      lfs: z.object({ sha256: z.string(), size: z.number() }).nullish(),
    }),
  ),
})

/** Bytes of an answer that are read. */
const largestAnswer = 2 ** 24

/**
 * Asks the hub which files a model has.
 * @throws HubError for a model that does not exist or may not be read, and for an answer that is none.
 */
export async function fetchListing(client: HubClient, id: string, revision: string): Promise<Listing> {
  const problem = (got: string, options?: ErrorOptions): HubError =>
    new HubError(
      'environment',
      id,
      `a list of files from ${client.host}`,
      got,
      'Check the address in HF_ENDPOINT.',
      options,
    )
  const read = async (): Promise<string> => {
    const { body } = await client.get(id, `/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`)
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of body) {
      length += chunk.length
      if (length > largestAnswer) throw problem('an endless answer')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }
  const text = await client.retry(id, read)
  let json: unknown
  try {
    json = parseJsonText(text)
  } catch (cause) {
    throw problem('something else', { cause })
  }
  const parsed = answerSchema.safeParse(json)
  if (!parsed.success) throw problem(`the field "${parsed.error.issues[0]?.path.join('.')}" of another kind`)
  const { sha, siblings, pipeline_tag, cardData } = parsed.data
  const unsafe = siblings.find(({ rfilename }) => !isSafeName(rfilename))
  if (unsafe) {
    const got = `"${unsafe.rfilename.slice(0, 80)}"`
    throw new HubError('input', id, 'names of files inside the model', got, 'Do not use this model.')
  }
  const license = cardData?.license
  return {
    id,
    commit: sha,
    pipeline: pipeline_tag ?? null,
    license: typeof license === 'string' ? license : null,
    files: siblings.map(({ rfilename, size, blobId, lfs }) => ({
      name: rfilename,
      size: lfs?.size ?? size ?? null,
      hash: hashOf(lfs?.sha256 ?? blobId),
    })),
  }
}

/** Whether a name stays inside the folder it is put into, on every platform. */
export function isSafeName(name: string): boolean {
  return (
    name.length < 512 &&
    !/[\\:*?"<>|\0]/.test(name) &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  )
}

/** A hash as the hub writes it, perhaps in quotes; null for something else. */
export function hashOf(text: string | null | undefined): string | null {
  const hash = text?.replace(/^(W\/)?"|"$/g, '').toLowerCase() ?? ''
  return /^([0-9a-f]{64}|[0-9a-f]{40})$/.test(hash) ? hash : null
}
