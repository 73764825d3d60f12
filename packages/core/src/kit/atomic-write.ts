import { randomUUID } from 'node:crypto'
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FileError, OptionError } from '../contract/errors.js'
import { toFileError } from './file-error.js'
import { isPlainName } from './plain-name.js'

/** Options of `writeFolderAtomically`. */
export interface WriteFolderOptions {
  /** Called with the path when a folder is already there, before anything is written; rejects to keep that folder. */
  readonly replace: (existing: string) => Promise<void>
  /** Stops the writing; once the folders are being swapped it is too late. */
  readonly signal?: AbortSignal | undefined
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

/**
 * Writes a folder of files, by name (`onnx/model.onnx` lies in a folder of it), under a temporary name beside its place, to the disk, and swaps it in as a whole;
 * what was in the old folder is gone. No file system call that Node offers swaps two folders at once: for the moment
 * between two renames the path is free, and a process killed just then leaves the old folder as `<path>.<id>.tmp`.
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
  const aside = temporaryName(target)
  try {
    await mkdir(aside)
    const folders = new Set([aside])
    for (const [name, bytes] of files) {
      signal?.throwIfAborted()
      const file = join(aside, insideName(name))
      for (let inner = dirname(file); !folders.has(inner); inner = dirname(inner)) folders.add(inner)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes, { flag: 'wx', flush: true })
    }
    for (const folder of folders) await flushFolder(folder)
    signal?.throwIfAborted()
    await (exists ? swap(aside, target) : rename(aside, target))
  } catch (error) {
    await remove(aside)
    throw toFileError(error, path, 'write')
  }
  await flushFolder(dirname(target))
}

/** Puts the folder `aside` in the place of `target`, which is deleted; or puts `target` back. */
async function swap(aside: string, target: string): Promise<void> {
  const old = temporaryName(target)
  await rename(target, old)
  try {
    await rename(aside, target)
  } catch (error) {
    await rename(old, target).catch((cause: unknown) => {
      const expected = 'to put the old folder back in its place'
      const remedy = `Nothing is lost: rename ${old} to ${basename(target)}.`
      throw new FileError('environment', target, expected, 'a refusal', remedy, { cause })
    })
    throw error
  }
  await remove(old)
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
  return `${target}.${randomUUID()}.tmp`
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
