import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A file that somebody brings, with the folders that it came in. */
export interface BroughtFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Files in a folder of their own, for as long as they are read. */
export interface LaidOut extends AsyncDisposable {
  readonly folder: string
  /** Where each lies in it, in their order: as they came, without the folders that all of them share. */
  readonly names: readonly string[]
}

/** Lays out files as they lay where they come from. */
export async function laidOut(files: readonly BroughtFile[]): Promise<LaidOut> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-studio-'))
  const paths = files.map(({ name }) => name.split(/[/\\]/).filter((part) => !/^\.*$/.test(part)))
  const shared = sharedFolders(paths)
  const names = paths.map((parts) => parts.slice(shared).join('/') || 'file')
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    for (const [place, { bytes }] of files.entries()) {
      const path = join(folder, names[place] as string)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { folder, names, [Symbol.asyncDispose]: close }
}

function sharedFolders(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths
  let shared = 0
  while (paths.every((parts) => shared < parts.length - 1 && parts[shared] === first[shared])) shared++
  return shared
}
