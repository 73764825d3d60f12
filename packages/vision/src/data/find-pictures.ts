import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { InputError } from '@headstart/core'
import { toFileError } from '@headstart/core/kit'
import { toInputError } from '../preprocessing/image-input.js'

/** What a folder with one folder per class holds. */
export interface FoundPictures {
  /** Sorted by class and path, by code unit: the same on every machine. */
  readonly pictures: readonly { readonly path: string; readonly label: string }[]
  /** Classes without a picture. */
  readonly emptyClasses: readonly string[]
  /** Pictures beside the folders of the classes. */
  readonly unlabeled: readonly string[]
  /** Files that are no pictures by their ending: how many of each; '' for none. */
  readonly otherFiles: ReadonlyMap<string, number>
  /** Files and folders whose name begins with a dot. */
  readonly hidden: number
  /** Links back to a folder in which they lie, and folders that cannot be read, with the reason. */
  readonly passedOver: readonly string[]
}

/** HEIC among them, though `sharp` reads it only where libvips was built for it: else each is named with what to do. */
const endings = new Set('.jpg .jpeg .jpe .jfif .png .webp .avif .gif .tif .tiff .svg .svgz .heic .heif'.split(' '))

/** Whether a file is a picture by its ending. */
export function isPictureName(name: string): boolean {
  return endings.has(extname(name).toLowerCase())
}

/**
 * Finds the pictures in a folder, by their ending; symbolic links are followed. A picture's class is the name of the
 * folder in the first level, however deep below it lies.
 * @throws FileError when the folder cannot be read.
 */
export async function findPictures(folder: string, signal?: AbortSignal): Promise<FoundPictures> {
  const pictures: { path: string; label: string }[] = []
  const emptyClasses: string[] = []
  const unlabeled: string[] = []
  const otherFiles = new Map<string, number>()
  const passedOver: string[] = []
  let hidden = 0

  /** @param above The real paths of the folders in which this one lies, and its own. */
  const walk = async (at: string, label: string | undefined, above: readonly string[]): Promise<void> => {
    signal?.throwIfAborted()
    for (const entry of await list(at)) {
      const path = join(at, entry.name)
      if (entry.name.startsWith('.')) hidden++
      else if (!(await isFolder(entry, path))) addFile(path, label)
      else await enter(path, label ?? entry.name, above, label === undefined)
    }
  }
  const enter = async (path: string, label: string, above: readonly string[], isClass: boolean): Promise<void> => {
    const before = pictures.length
    const real = await realpath(path)
    if (above.includes(real)) {
      passedOver.push(`${path}: a link back to ${real}, in which it lies`)
      return
    }
    try {
      await walk(path, label, [...above, real])
    } catch (error) {
      const explained = toInputError(error, path)
      if (!(explained instanceof InputError)) throw explained
      passedOver.push(explained.message)
    }
    if (isClass && pictures.length === before) emptyClasses.push(label)
  }
  const addFile = (path: string, label: string | undefined): void => {
    const ending = extname(path).toLowerCase()
    if (!endings.has(ending)) otherFiles.set(ending, (otherFiles.get(ending) ?? 0) + 1)
    else if (label === undefined) unlabeled.push(path)
    else pictures.push({ path, label })
  }

  try {
    await walk(folder, undefined, [await realpath(folder)])
  } catch (error) {
    signal?.throwIfAborted()
    throw toFileError(error, folder, 'read')
  }
  return { pictures, emptyClasses, unlabeled, otherFiles, hidden, passedOver }
}

async function list(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Follows links. What is gone or leads nowhere is no folder; that it cannot be read is seen when it is. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
