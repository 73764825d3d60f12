import { randomUUID } from 'node:crypto'
import { access, constants, cp, mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { FileError, OptionError } from '../contract/errors.js'
import { errorCode, toFileError } from './file-error.js'
import { withLock } from './lock.js'
import { makeFolder } from './make-folder.js'
import { nextFolder } from './next-folder.js'
import { isPlainName } from './plain-name.js'
import { isRunning, processTag } from './process-tag.js'

/** Options of `writeFolderAtomically`. */
export interface WriteFolderOptions {
  /** Called with the path when a folder is already there, before anything is written; rejects to keep that folder. */
  readonly replace: (existing: string) => Promise<void>
  /** Stops the writing; once an old folder is being replaced it is too late. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes sure, before work whose result is to be written, that there will be a place for it: the folders above it are made.
 * @throws FileError where it could not be written: something else stands there, a folder cannot be made or written.
 */
export async function prepareToWrite(path: string, kind: 'file' | 'folder'): Promise<void> {
  const { target, exists } = await destination(path, kind)
  try {
    await makeFolder(dirname(target))
    await access(dirname(target), constants.W_OK)
    if (exists) await access(target, constants.W_OK)
  } catch (error) {
    throw toFileError(error, path, 'write')
  }
}

/**
 * Writes a file under a temporary name beside its place, to the disk, and renames it: at every moment the path holds
 * the whole old file or the whole new one. A link is followed. A temporary file left by a killed process has a name
 * of its own and is in nobody's way.
 *
 * @throws FileError when the file cannot be written; the old one is untouched
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const { target } = await destination(path, 'file')
  const aside = temporaryName(target)
  try {
    await writeFile(aside, bytes, { flag: 'wx', flush: true })
    await rename(aside, target)
  } catch (error) {
    await remove(aside)
    throw toFileError(error, path, 'write')
  }
  await flushFolder(dirname(target))
}

/** Held by who replaces a folder, in it. */
const lockName = '.lock'

/** Whether a name in a folder is of its replacing alone. */
export function isOfReplacing(name: string): boolean {
  return name.startsWith(nextFolder) || name.startsWith(lockName)
}

/**
 * Writes a folder of files, by name (`onnx/model.onnx` lies in a folder of it). All is written to the disk beside its place
 * first, under a temporary name. A new folder is then renamed into its place.
 *
 * An old one is replaced in one step: the new files come into it as `.next`, then the last of them, which says which the others
 * are, takes the place of the old one. So whoever reads that file has either the old folder or the new one, whose files are in
 * their places or still in `.next`; and what a process that was killed left undone, the next one ends. What else was in the
 * old folder is gone. Of two processes at once one waits for the other. What earlier ones left beside the folder goes.
 *
 * @throws FileError when the folder cannot be written; the old one is untouched
 */
export async function writeFolderAtomically(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  { replace, signal }: WriteFolderOptions,
): Promise<void> {
  const { target, exists } = await destination(path, 'folder')
  if (exists) await replace(path)
  const names = [...files.keys()].map(insideName)
  const aside = temporaryName(target)
  try {
    await mkdir(aside)
    const folders = new Set([aside])
    for (const [name, bytes] of files) {
      signal?.throwIfAborted()
      const file = join(aside, name)
      for (let inner = dirname(file); !folders.has(inner); inner = dirname(inner)) folders.add(inner)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes, { flag: 'wx', flush: true })
    }
    for (const folder of folders) await flushFolder(folder)
    signal?.throwIfAborted()
    if (exists || !(await placed(aside, target, names.at(-1)))) {
      if (!exists) await replace(path)
      await withLock(join(target, lockName), () => exchange(aside, target, names), { signal })
    }
  } catch (error) {
    await remove(aside)
    throw toFileError(error, path, 'write')
  }
  await flushFolder(dirname(target))
  await removeLeftovers(target)
}

/** Puts a new folder into its place; false where another process was faster and wrote one of the same kind. */
async function placed(aside: string, target: string, last = ''): Promise<boolean> {
  try {
    await rename(aside, target)
    return true
  } catch (error) {
    if ((await stat(join(target, last)).catch(() => undefined))?.isFile()) return false
    throw error
  }
}

/** Replaces what is in a folder. The last of the names decides. */
async function exchange(aside: string, target: string, names: readonly string[]): Promise<void> {
  const next = join(target, nextFolder)
  const last = names.at(-1) ?? ''
  await endExchange(next, target, last)
  await rename(aside, next).catch(async (error: unknown) => {
    // The folder is on a disk of its own.
    if (errorCode(error) !== 'EXDEV') throw error
    const copy = `${next}.copy`
    await remove(copy)
    await cp(aside, copy, { recursive: true })
    await rename(copy, next)
    await remove(aside)
  })
  await flushFolder(target)
  try {
    await place(join(next, last), target, last)
  } catch (error) {
    await forget(next)
    throw error
  }
  await flushFolder(target)
  for (const name of names.slice(0, -1)) await place(join(next, name), target, name)
  await remove(next)
  await keepOnly(target, '', new Set(names))
  await flushFolder(target)
}

/** Ends what a killed process began: brings the files of a folder to their places, or forgets those of one that was not to be. */
async function endExchange(next: string, target: string, last: string): Promise<void> {
  const isDecided = (await stat(join(next, last)).catch(() => undefined)) === undefined
  const left = isDecided ? await readdir(next, { recursive: true, withFileTypes: true }).catch(() => []) : []
  for (const entry of left) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile()) await place(file, target, relative(next, file).replaceAll(sep, '/'))
  }
  await forget(next)
}

/** Takes a folder away as a whole, so that a part of it is never taken for one whose last file is in its place. */
async function forget(next: string): Promise<void> {
  const gone = `${next}.gone`
  await remove(gone)
  await rename(next, gone).catch(() => {})
  await remove(gone)
}

/** Renames a file into its place in a folder, whatever stands there or on the way. */
async function place(from: string, folder: string, name: string): Promise<void> {
  const to = join(folder, name)
  try {
    await rename(from, to)
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) throw error
    await stat(from)
    const parts = name.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const above = join(folder, ...parts.slice(0, depth))
      if (!(await stat(above).catch(() => undefined))?.isDirectory()) await remove(above)
    }
    if (errorCode(error) === 'EISDIR') await remove(to)
    await mkdir(dirname(to), { recursive: true })
    await rename(from, to)
  }
}

/** Removes all from a folder that is not among some names of files in it. */
async function keepOnly(folder: string, prefix: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = prefix + entry.name
    if (names.has(name) || name.startsWith(lockName)) continue
    const inner = join(folder, entry.name)
    const holds = entry.isDirectory() && [...names].some((other) => other.startsWith(`${name}/`))
    await (holds ? keepOnly(inner, `${name}/`, names) : remove(inner))
  }
}

/** Milliseconds after which what another machine wrote counts as left. */
const leftAfter = 3_600_000
/** What follows the name of what is being written: whose it is, which earlier versions did not say. */
const ending = /\.(?:([0-9a-f]{8}-\d+)\.)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/** Removes what processes that are gone left of a folder, and of files beside it such as its checkpoint. */
async function removeLeftovers(target: string): Promise<void> {
  const [folder, base] = [dirname(target), basename(target)]
  for (const name of await readdir(folder).catch(() => [])) {
    const found = name.startsWith(`${base}.`) ? ending.exec(name) : null
    if (!found) continue
    const [, tag] = found
    const path = join(folder, name)
    const running = tag === undefined ? name.length > base.length + found[0].length : isRunning(tag)
    const isOld = async (): Promise<boolean> => Date.now() - (await stat(path)).mtimeMs > leftAfter
    if (running === false || (running === undefined && (await isOld().catch(() => false)))) await remove(path)
  }
}

/** Where a write lands. Links are followed; something of another kind, such as a device, is never replaced. */
async function destination(path: string, kind: 'file' | 'folder'): Promise<{ target: string; exists: boolean }> {
  const target = await realpath(path).catch(() => resolve(path))
  const found = await stat(target).catch(() => undefined)
  if (found && !(kind === 'file' ? found.isFile() : found.isDirectory())) {
    const got = found.isDirectory() ? 'a folder' : found.isFile() ? 'a file' : 'a device'
    throw new FileError('input', path, `the path of a ${kind}`, got, 'Choose another path.')
  }
  return { target, exists: found !== undefined }
}

/** The name of a file in a folder, or in folders in it: `onnx/model.onnx`. */
function insideName(name: string): string {
  if (name.split('/').every(isPlainName)) return name
  const expected = 'names of files inside the folder'
  throw new OptionError('writeFolderAtomically', expected, JSON.stringify(name), 'Correct the name.')
}

function temporaryName(target: string): string {
  return `${target}.${processTag}.${randomUUID()}.tmp`
}

/** Best effort: a leftover is in nobody's way, and must not hide the error before it. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => {})
}

/** Brings the names in a folder to the disk. Best effort: Windows and some file systems cannot. */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path)
    await folder.sync().finally(() => folder.close())
  } catch {
    // The files themselves are on the disk already.
  }
}
