import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TaskEntry } from '../src/tasks.js'
import { type Ending, headstart, type RunSettings } from './headstart.js'

/** A folder to work in, and the command line with a feature cache in that folder. */
export interface Scene {
  path(name: string): string
  write(name: string, content: string | Uint8Array): Promise<string>
  /** Writes a folder with these files, by name. */
  folder(name: string, files: Readonly<Record<string, string>>): Promise<string>
  run(args: readonly string[], settings?: RunSettings): Promise<Ending>
  /** Names of what lies in the folder, the feature cache aside. */
  names(): Promise<string[]>
  remove(): Promise<void>
}

/** @param tasks What the command line knows of. Default: its own. */
export async function openScene(tasks?: readonly TaskEntry[]): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-cli-'))
  const cache = join(folder, '.cache')
  await mkdir(cache)
  const path = (name: string): string => join(folder, name)
  return {
    path,
    async write(name, content) {
      await writeFile(path(name), content)
      return path(name)
    },
    async folder(name, files) {
      await mkdir(path(name), { recursive: true })
      for (const [file, content] of Object.entries(files)) await writeFile(join(path(name), file), content)
      return path(name)
    },
    run: (args, settings) => headstart(cache, args, { ...settings, tasks }),
    names: async () => (await readdir(folder)).filter((name) => name !== '.cache').toSorted(),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** SHA-256 of every file of a model folder, by name. */
export async function modelHashes(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted()
  const hash = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)))
}
