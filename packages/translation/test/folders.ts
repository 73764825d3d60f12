import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { tinyTranslator, type TinyTranslatorOptions, writeTranslator } from '../src/test/index.js'

const made: string[] = []

/** A folder of one's own, gone after the tests of the file. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'headstart-translation-'))
  made.push(path)
  return path
}

/**
 * The folder of a tiny translator.
 * @param change Makes its files others before they are written.
 */
export async function tinyFolder(
  options: TinyTranslatorOptions = {},
  change: (files: Map<string, Uint8Array>) => void = () => {},
): Promise<string> {
  const path = await folder()
  const files = tinyTranslator({ seed: 2, ...options })
  change(files)
  await writeTranslator(path, files)
  return path
}

afterAll(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true, force: true })
})
