import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toFileError } from '@headstart/core/kit'
import { HubError } from './errors.js'
import { brokenOff, type HubClient } from './hub-client.js'
import { hashOf, type ListedFile } from './listing.js'
import { isInside } from './model-folder.js'

/** Where a file comes from and goes to. */
export interface Download {
  /** What it is called in messages. */
  readonly who: string
  /** Path on the hub. */
  readonly path: string
  readonly file: ListedFile
  /** Where it goes, inside `root`. */
  readonly target: string
  readonly root: string
  /** Bytes that it may have, whatever is announced. */
  readonly most: number
  /** Told how many bytes of the file there are. */
  readonly onBytes?: (bytes: number) => void
}

/** Bytes that an attempt has to bring so as not to count as a failed one, and in how many of them a file has to come. */
const [leastProgress, mostAttempts] = [2 ** 14, 1000]

/** What a file is to be; null where nobody says. */
type Announced = Pick<ListedFile, 'size' | 'hash'>

/**
 * Fetches one file: beside its place first, where an interrupted download goes on later (Range; RFC 9110, section 14),
 * and into its place when size and hash are those that the hub announced.
 * @throws HubError where it cannot be fetched or is not what was announced; FileError where it cannot be written.
 */
export async function downloadFile(client: HubClient, download: Download): Promise<void> {
  const { target, root } = download
  try {
    await mkdir(dirname(target), { recursive: true })
    // A link in the cache must not lead what is written out of it.
    const folder = await realpath(dirname(target))
    if (!isInside(await realpath(root), folder)) {
      throw new HubError('environment', target, 'a place inside the cache', `a link to ${folder}`, 'Delete the link.')
    }
    const partial = join(folder, `.${basename(target)}.partial`)
    for (let attempt = 1; ; attempt++) {
      const announced = await fetchInto(client, download, partial).catch(async (error: unknown) => {
        if ((await plainSize(partial)) > download.most) await rm(partial)
        throw error
      })
      const problem = await problemOf(download.who, partial, announced)
      if (!problem) break
      // What was there from before may have been wrong: once more, from the beginning.
      await rm(partial)
      if (attempt === 2) throw problem
    }
    await rename(partial, target)
  } catch (error) {
    throw toFileError(error, target, 'write')
  }
}

/** Brings the partial file to its end. */
async function fetchInto(
  client: HubClient,
  { who, path, file, most, onBytes }: Download,
  partial: string,
): Promise<Announced> {
  let announced: Announced = file
  // Only what no attempt before had is progress: a hub that gives the same part again and again is given up.
  let [reached, grown] = [await plainSize(partial), 0]
  const tooLarge = (got: string): HubError =>
    new HubError('environment', who, `at most ${most} bytes`, got, 'Choose a smaller model.')
  const attempt = async (): Promise<void> => {
    grown = 0
    const before = await plainSize(partial)
    if (before > 0 && before === announced.size) return
    const { status, headers, body } = await client.get(who, path, before > 0 ? { range: `bytes=${before}-` } : {})
    const isRest = status === 206 && headers['content-range']?.startsWith(`bytes ${before}-`) === true
    let done = isRest ? before : 0
    announced = {
      size: announced.size ?? numberOf(headers['x-linked-size']) ?? sum(numberOf(headers['content-length']), done),
      hash: announced.hash ?? hashOf(headers['x-linked-etag']?.toString() ?? headers.etag),
    }
    if (announced.size !== null && announced.size > most) throw tooLarge(String(announced.size))
    const handle = await open(partial, isRest ? 'a' : 'w')
    try {
      for await (const chunk of body) {
        done += chunk.length
        grown += Math.max(0, done - reached)
        reached = Math.max(reached, done)
        await handle.write(chunk)
        onBytes?.(done)
        // No more than announced: a wrong answer must not fill the disk.
        if (announced.size !== null && done > announced.size) break
        if (done > most) throw tooLarge('more')
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (announced.size !== null && done < announced.size)
      throw brokenOff(`a connection that ended after ${done} of ${announced.size} bytes`)
  }
  await client.retry(who, attempt, () => grown >= Math.max(leastProgress, (announced.size ?? 0) / mostAttempts))
  return announced
}

/** What is wrong with a file that was fetched, if anything. */
async function problemOf(who: string, partial: string, { size, hash }: Announced): Promise<HubError | undefined> {
  const remedy = 'Try again; if it stays, the model was damaged on its way or is not to be trusted.'
  const found = await plainSize(partial)
  if (size !== null && found !== size)
    return new HubError('environment', who, `${size} bytes, as announced`, `${found}`, remedy)
  if (hash === null) return undefined
  // Large files go by their SHA-256, others by the id that git gives them.
  const digest = hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${found}\0`)
  for await (const chunk of createReadStream(partial)) digest.update(chunk as Uint8Array)
  const got = digest.digest('hex')
  return got === hash
    ? undefined
    : new HubError('environment', who, `a file with the hash ${hash}, as announced`, got, remedy)
}

/** Size of a file; 0 where there is none. Something else in its place, such as a link, is taken away. */
async function plainSize(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return 0
  if (found.isFile()) return found.size
  await rm(path, { recursive: true })
  return 0
}

function numberOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null
}

function sum(length: number | null, before: number): number | null {
  return length === null ? null : length + before
}
