import { createHash } from 'node:crypto'
import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { errorCode } from '../kit/file-error.js'

/** Ending of the segment files. */
export const segmentSuffix = '.segment'

/** Age in milliseconds from which a temporary file cannot belong to a running write any more. */
const leftoverAge = 3_600_000

/**
 * Where the feature cache lies unless told otherwise: the environment variable HEADSTART_CACHE; else `headstart` in
 * XDG_CACHE_HOME (XDG Base Directory Specification) or the platform's folder for caches.
 */
export function defaultCacheDirectory(): string {
  const { HEADSTART_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (HEADSTART_CACHE) return HEADSTART_CACHE
  // The specification has relative paths ignored.
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'headstart')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'headstart')
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'headstart', 'Cache')
  return join(homedir(), '.cache', 'headstart')
}

/** The folder of a namespace within a cache directory. */
export function namespaceFolder(directory: string, namespace: string): string {
  return join(directory, createHash('sha256').update(namespace).digest('hex').slice(0, 32))
}

/**
 * Deletes the segments used longest ago until the cache takes at most `maxBytes`, and what killed processes left.
 * A segment's modification time is its last use.
 */
export async function limitCache(directory: string, maxBytes: number): Promise<void> {
  const files = await cacheFiles(directory)
  const now = Date.now()
  const leftovers = files.filter(({ path, usedAt }) => !path.endsWith(segmentSuffix) && now - usedAt > leftoverAge)
  await Promise.all(leftovers.map(({ path }) => remove(path)))

  const segments = files.filter(({ path }) => path.endsWith(segmentSuffix)).sort((a, b) => a.usedAt - b.usedAt)
  let total = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, bytes } of segments) {
    if (total <= maxBytes) break
    await remove(path)
    total -= bytes
  }
}

/**
 * Deletes every file of the feature cache, and nothing else that may lie in its directory.
 * @returns the bytes that became free
 */
export async function clearCache(directory: string = defaultCacheDirectory()): Promise<number> {
  const files = await cacheFiles(directory)
  for (const { path } of files) await remove(path)
  for (const folder of await namespaceFolders(directory)) await rmdir(folder).catch(() => {})
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

interface CacheFile {
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

async function cacheFiles(directory: string): Promise<CacheFile[]> {
  const files: CacheFile[] = []
  for (const folder of await namespaceFolders(directory)) {
    for (const name of await namesIn(folder)) {
      if (!name.endsWith(segmentSuffix) && !name.endsWith('.tmp')) continue
      const path = join(folder, name)
      const found = await stat(path).catch(() => undefined)
      if (found?.isFile()) files.push({ path, bytes: found.size, usedAt: found.mtimeMs })
    }
  }
  return files
}

async function namespaceFolders(directory: string): Promise<string[]> {
  const names = await namesIn(directory)
  return names.filter((name) => /^[0-9a-f]{32}$/.test(name)).map((name) => join(directory, name))
}

/** Folders of the cache are for their owner only: features tell about the data they were computed from. */
export const ownersOnly = 0o700

/** What is in a folder, sorted; nothing where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Best effort: another process may have been faster, or have it open (Windows). */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {})
}
