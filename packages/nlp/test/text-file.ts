import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file of this name and contents that is gone after the test. */
export async function textFile(name: string, contents: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  await writeFile(path, contents)
  return path
}
