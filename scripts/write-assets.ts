import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Replaces a folder by these files, as a whole: it is written aside and then renamed. */
export async function writeAssets(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const aside = `${folder}.${process.pid}.tmp`
  await mkdir(aside, { recursive: true })
  for (const [name, content] of Object.entries(files)) await writeFile(join(aside, name), content)
  await rm(folder, { recursive: true, force: true })
  await rename(aside, folder)
}
