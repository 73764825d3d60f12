import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classify } from './classify.mjs'
import { recommend } from './recommend.mjs'
import { see } from './see.mjs'

/** Texts, pictures and a shop, one after the other. @returns the three answers */
export async function all() {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-'))
  try {
    return [
      await classify(join(folder, 'texts')),
      await see(join(folder, 'pictures')),
      await recommend(join(folder, 'shop')),
    ].join('; ')
  } finally {
    await rm(folder, { recursive: true })
  }
}
