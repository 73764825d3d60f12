import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toFileError } from '@headstart/core/kit'

/** Does something with a folder that is gone afterwards. */
export async function withTemporaryFolder<T>(above: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(above, 'headstart-')).catch((error: unknown) => {
    throw toFileError(error, above, 'write')
  })
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}
