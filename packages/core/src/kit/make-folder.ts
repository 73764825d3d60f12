import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './file-error.js'

/**
 * Makes a folder and those above it. (Node's `mkdir` with `recursive` never returns where a folder exists and takes no other,
 * as in /proc.)
 * @param mode Of those that are made. Default: as the process makes files.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const parent = dirname(path)
  if (parent !== path && !existsSync(parent)) await makeFolder(parent, mode)
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    // A file in its place is no folder: ENOTDIR.
    await stat(`${path}/.`)
  }
}
