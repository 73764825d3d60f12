import { setTimeout as wait } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { FileError } from '@headstart/core/kit'
import { QueueError } from '../contract/errors.js'
import type { Source } from './source.js'

/** Tries of one request, and milliseconds before the second; each pause is twice the one before. */
const [tries, firstPause] = [4, 500]

type Fetch = (address: string, init: RequestInit) => Promise<Response>

/**
 * A file at an address (http, https), of whose server ranges of bytes can be asked (RFC 9110, section 14), or an object of
 * S3-compatible storage (`s3://bucket/key`), by the usual variables of the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
 * `AWS_SESSION_TOKEN`, `AWS_REGION`, and `AWS_ENDPOINT_URL` for storage that is not Amazon's.
 * @throws QueueError for an address without credentials.
 */
export function remoteSource(name: string, environment: NodeJS.ProcessEnv = process.env): Source {
  const isStorage = name.startsWith('s3://')
  const address = isStorage ? storageAddress(name, environment) : name
  const request: Fetch = isStorage ? signed(name, environment) : (at, init) => fetch(at, init)
  return {
    name,
    async *read(range, signal) {
      if (range && range.end <= range.start) return
      // What is compressed on its way is not the file. For a range `fetch` says so by itself, as its standard has it.
      const headers: Record<string, string> = range
        ? { range: `bytes=${range.start}-${range.end - 1}` }
        : { 'accept-encoding': 'identity' }
      const response = await again(() => request(address, { headers, signal: signal ?? null }), name, signal)
      if (range && response.status !== 206) {
        await response.body?.cancel()
        const remedy = 'Serve it from storage that answers ranges, or copy it to a disk that all workers reach.'
        throw new FileError('input', name, 'a server that gives parts of a file', `status ${response.status}`, remedy)
      }
      try {
        yield* response.body ?? []
      } catch (cause) {
        signal?.throwIfAborted()
        throw new FileError('environment', name, 'the whole answer', String(cause), 'Try again.', { cause })
      }
    },
  }
}

/** An object of storage. */
export interface StoredObject {
  /** `s3://bucket/key`. */
  readonly name: string
  readonly bytes: number
}

/**
 * The objects of S3-compatible storage under `s3://bucket/prefix/`, however deep, in the order of their keys (ListObjectsV2).
 * @throws as `remoteSource`.
 */
export async function* objectsUnder(
  name: string,
  signal?: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): AsyncGenerator<StoredObject> {
  const request = signed(name, environment)
  const { hostname: bucket, pathname } = new URL(name)
  const address = storageAddress(`s3://${bucket}/`, environment)
  const query = new URLSearchParams({ 'list-type': '2', prefix: decodeURIComponent(pathname.slice(1)) })
  for (;;) {
    const response = await again(() => request(`${address}?${query}`, { signal: signal ?? null }), name, signal)
    const said = await response.text()
    for (const [, entry = ''] of said.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = textIn(entry, 'Key')
      // What stands for a folder is none.
      if (key !== '' && !key.endsWith('/'))
        yield {
          name: `s3://${bucket}/${key.replaceAll(/[#?%]/g, encodeURIComponent)}`,
          bytes: Number(textIn(entry, 'Size')),
        }
    }
    const next = textIn(said, 'NextContinuationToken')
    if (next === '') return
    query.set('continuation-token', next)
  }
}

/** The text of an element of XML; '' where it is not there. */
function textIn(xml: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(xml) ?? []
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replaceAll(
    /&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([\da-f]+));/gi,
    (_, name?: string, decimal?: string, hex?: string) =>
      name === undefined
        ? String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16))
        : (characters[name.toLowerCase()] ?? ''),
  )
}

/** With the bucket in the path, as all kinds of storage take it that have an address of their own. */
function storageAddress(name: string, { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region }: NodeJS.ProcessEnv): string {
  const { hostname: bucket, pathname } = new URL(name)
  return endpoint
    ? `${endpoint.replace(/\/$/, '')}/${bucket}${pathname}`
    : `https://${bucket}.s3.${region ?? 'us-east-1'}.amazonaws.com${pathname}`
}

/** AWS Signature Version 4. (aws4fetch: 6 kB on `fetch`; @aws-sdk/client-s3 is some hundred times that.) */
function signed(name: string, environment: NodeJS.ProcessEnv): Fetch {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    const expected = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment'
    throw new QueueError('environment', name, expected, 'none', 'Set them, also where workers run.')
  }
  const client = new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    service: 's3',
    region: AWS_REGION ?? 'us-east-1',
    // Tries are counted below.
    retries: 0,
  })
  return (address, init) => client.fetch(address, init as never)
}

async function again(request: () => Promise<Response>, name: string, signal?: AbortSignal): Promise<Response> {
  for (let attempt = 1, pause = firstPause; ; attempt++, pause *= 2) {
    let got: string
    try {
      const response = await request()
      if (response.ok) return response
      got = `status ${response.status}`
      await response.body?.cancel()
      if (response.status < 500 && response.status !== 429) {
        const expected = 'a file that may be read'
        throw new FileError('input', name, expected, got, 'Check the address and who may read it.')
      }
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof FileError) throw cause
      got = (cause as { cause?: Error }).cause?.message || String(cause)
    }
    if (attempt === tries) throw new FileError('environment', name, 'an answer', got, 'Try again later.')
    await wait(pause, undefined, { signal })
  }
}
