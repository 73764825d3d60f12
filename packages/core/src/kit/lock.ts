import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode, toFileError } from './file-error.js'
import { isRunning, processTag } from './process-tag.js'

/** Options of `withLock`. */
export interface LockOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
  /** Told, once, where another process has it. */
  readonly onWait?: (() => void) | undefined
}

/** Milliseconds between two signs of life of who holds a lock. */
const beat = 5_000
/** Milliseconds without one after which its holder counts as gone: one of another machine, and one whose id is taken. */
const [longestAway, longestSilence] = [12 * beat, 120 * beat]
/** Milliseconds between two looks. */
const [shortestPause, longestPause] = [5, 100]

/**
 * Does something while no other process of those that share a disk does anything under the same lock: a file, which says who
 * holds it. That of a process that was killed is taken over.
 *
 * (Own code: proper-lockfile, the usual library, had its last release in 2021, changes `process.emit` of whoever imports it,
 * and cannot be bundled as a module.)
 *
 * @param path Of the lock's file, in a folder that is there.
 * @throws FileError where it cannot be written.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const holder = `${processTag} ${randomUUID()}`
  await take(path, holder, options)
  const pulse = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), beat)
  pulse.unref()
  try {
    return await work()
  } finally {
    clearInterval(pulse)
    // Only its own: whoever was silent for too long may have lost it.
    if ((await holderOf(path)) === holder) await rm(path, { force: true }).catch(() => {})
  }
}

async function take(path: string, holder: string, { signal, onWait }: LockOptions): Promise<void> {
  let pause = shortestPause
  for (let tries = 0; ; tries++) {
    if (await create(path, holder)) return
    if (await isLeft(path)) await remove(path)
    else {
      if (tries === 1) onWait?.()
      await wait(pause * (0.5 + Math.random()), undefined, { signal })
      pause = Math.min(2 * pause, longestPause)
    }
  }
}

/** False where the file is there. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw toFileError(error, path, 'write')
  }
}

/**
 * Takes away what a process left. Two that saw this at once must not take away the lock that one of them gets meanwhile: who
 * removes holds a lock for that, and looks again.
 */
async function remove(path: string): Promise<void> {
  const second = `${path}.remove`
  if (await create(second, processTag)) {
    try {
      if (await isLeft(path)) await rm(path, { force: true })
    } finally {
      await rm(second, { force: true })
    }
  } else if (await isLeft(second)) await rm(second, { force: true })
  else await wait(shortestPause)
}

/** Whether a lock's holder is gone. */
async function isLeft(path: string): Promise<boolean> {
  const [holder, found] = await Promise.all([holderOf(path), stat(path).catch(() => undefined)])
  if (!found || holder === undefined) return false
  const running = isRunning(holder.split(' ', 1)[0] ?? '')
  // One that is being created says nothing yet.
  return running === false || Date.now() - found.mtimeMs > (running ? longestSilence : longestAway)
}

async function holderOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
