import { randomUUID } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { FileOutsideError } from '../errors.js'
import type { Files } from './files.js'

/**
 * The files of a folder of this machine.
 * @param within Folder outside of which nothing is read, through links neither. Default: links may lead anywhere.
 */
export function folderFiles(folder: string, within?: string): Files & Required<Pick<Files, 'size' | 'slice'>> {
  const pathOf = async (name: string): Promise<string> => {
    const path = join(folder, ...name.split('/'))
    if (within === undefined) return path
    const real = await realpath(path)
    if (real.startsWith((await realpath(within)) + sep)) return real
    throw new FileOutsideError(name, within)
  }
  return {
    read: async (name) => readFile(await pathOf(name)),
    size: async (name) => (await stat(await pathOf(name))).size,
    slice: async (name, offset, length) => readPart(await pathOf(name), offset, length),
  }
}

/** A file's folder, its name there, and the files beside it, none of which may be a link out of a folder. */
export function placeOf(path: string, within = dirname(path)) {
  return { name: basename(path), files: folderFiles(dirname(path)), beside: folderFiles(dirname(path), within) }
}

/** Largest number of bytes that one read of Node gives. */
const mostAtOnce = 2 ** 30

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, mostAtOnce), offset + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  } finally {
    await handle.close()
  }
}

/** Writes a file aside first, and then renames it, so that a whole file is never replaced by half a one. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(aside, bytes, { flush: true })
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
