import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type PublishedFiles, writeFiles } from '../src/test/index.js'

/** Writes files into a folder of that name that is gone after the test. */
export async function publish(files: PublishedFiles, name = 'tiny-encoder'): Promise<string> {
  const above = await mkdtemp(join(tmpdir(), 'headstart-test-'))
  onTestFinished(() => rm(above, { recursive: true, force: true }))
  await writeFiles(join(above, name), files)
  return join(above, name)
}
