import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder with these files, by name, that is gone after the test. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'headstart-test-')), 'shop')
  onTestFinished(() => rm(join(folder, '..'), { recursive: true, force: true }))
  await mkdir(folder)
  for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents)
  return folder
}
