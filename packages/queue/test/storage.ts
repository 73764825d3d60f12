/** A server of files with ranges: plain, or as S3-compatible storage that checks each signature (AWS Signature Version 4). */
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'

/** Who may read. */
export const credentials = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'a secret', AWS_REGION: 'eu-north-1' }

/** What a server of a test was asked for. */
export interface Storage {
  readonly address: string
  /** By its path. */
  readonly files: Map<string, Buffer>
  /** The ranges that were asked for. */
  readonly ranges: string[]
  /** Answers so many requests with 503 first. */
  failures: number
  close(): Promise<void>
}

/** @param isSigned Whether requests have to be signed. @param hasRanges Whether it knows parts of a file. */
export async function openStorage({ isSigned = false, hasRanges = true } = {}): Promise<Storage> {
  const server: Server = createServer((request, response) => {
    if (storage.failures > 0) {
      storage.failures--
      return response.writeHead(503).end()
    }
    if (isSigned && !isRightlySigned(request)) return response.writeHead(403).end()
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (searchParams.has('list-type')) return response.writeHead(200).end(listed(storage.files, pathname, searchParams))
    const bytes = storage.files.get(decodeURIComponent(pathname))
    if (!bytes) return response.writeHead(404).end()
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (start === undefined || !hasRanges) return response.writeHead(200).end(bytes)
    storage.ranges.push(`${start}-${end}`)
    response.writeHead(206).end(bytes.subarray(Number(start), Number(end) + 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const storage: Storage = {
    address: `http://127.0.0.1:${port}`,
    files: new Map(),
    ranges: [],
    failures: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Who asked keeps connections for the next question.
        server.closeAllConnections()
      }),
  }
  return storage
}

/** Two objects at a time, as ListObjectsV2 says them. */
function listed(files: Storage['files'], bucket: string, query: URLSearchParams): string {
  const found = [...files.keys()].filter((path) => path.startsWith(bucket + query.get('prefix'))).toSorted()
  const first = Number(query.get('continuation-token') ?? 0)
  const entries = found.slice(first, first + 2).map((path) => {
    const key = path.slice(bucket.length).replaceAll('&', '&amp;')
    return `<Contents><Key>${key}</Key><Size>${files.get(path)?.length}</Size></Contents>`
  })
  const isMore = first + 2 < found.length
  const next = isMore ? `<NextContinuationToken>${first + 2}</NextContinuationToken>` : ''
  return `<ListBucketResult>${entries.join('')}<IsTruncated>${isMore}</IsTruncated>${next}</ListBucketResult>`
}

/** By the rules of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. */
function isRightlySigned({ method, url: asked = '', headers }: IncomingMessage): boolean {
  const [path = '', query = ''] = asked.split('?')
  // However it was written.
  const url = path
    .split('/')
    .map((part) => encodeURIComponent(decodeURIComponent(part)))
    .join('/')
  const said = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  )
  const [, scope = '', signed = '', signature] = said ?? []
  const [key, day = '', region = '', service = '', last = ''] = scope.split('/')
  if (key !== credentials.AWS_ACCESS_KEY_ID || region !== credentials.AWS_REGION) return false
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const sign = (secret: string | Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest()
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const parameters = [...new URLSearchParams(query)].map((one) => one.map(encodeURIComponent).join('=')).toSorted()
  const request = [method, url, parameters.join('&'), lines.join(''), signed, headers['x-amz-content-sha256']].join(
    '\n',
  )
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], [day, region, service, last].join('/'), hash(request)].join(
    '\n',
  )
  const secret = [day, region, service, last].reduce(
    sign,
    `AWS4${credentials.AWS_SECRET_ACCESS_KEY}` as string | Buffer,
  )
  return sign(secret, text).toString('hex') === signature
}
