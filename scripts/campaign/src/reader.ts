import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '@headstart/core/kit'
import { mutated } from './mutate.js'

/** Something that reads what somebody else made. */
export interface Reader {
  readonly name: string
  /** Gives what is done with the next damaged input. Its folder is its own. */
  readonly begin: (folder: string) => Promise<(chance: Random) => Promise<unknown>>
}

/** A file that is damaged and read from the disk. */
export function file(name: string, content: Uint8Array, read: (path: string) => Promise<unknown>): Reader {
  return {
    name,
    async begin(folder) {
      const path = join(folder, name)
      return async (chance) => {
        await writeFile(path, mutated(content, chance))
        return read(path)
      }
    },
  }
}

export const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)
