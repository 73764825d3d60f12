import { join } from 'node:path'
import { type Backbone } from '@headstart/core'
import { rowOf } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { noise } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { loadModel } from '../index.js'
import { clipFiles, publish } from '../test/published-image-encoder.js'
import { transformersBackbone } from './transformers-backbone.js'
import { zeroShot } from './zero-shot.js'

const pictures = await Promise.all(
  [1, 2, 3].map(async (seed) => new Uint8Array(await noise(seed, { width: 24, height: 24 }).png().toBuffer())),
)

/** Texts in the space of a pair: each has the features of one picture, and is read in that order. */
function captions(features: readonly Float32Array[], read: string[]): Backbone<string> {
  const columns = features[0]?.length ?? 0
  return {
    id: 'captions',
    modality: 'text',
    featureSize: columns,
    fingerprint: 'captions',
    contentKey: (text) => text,
    embed: async (texts) => {
      read.push(...texts)
      return {
        rows: texts.length,
        columns,
        data: Float32Array.from(texts.flatMap((_, row) => [...(features[row] as Float32Array)])),
      }
    },
  }
}

describe('zeroShot', () => {
  it('gives each picture the class whose name is most alike, and is saved', async () => {
    const folder = join(await temporaryFolder(), 'pair')
    await publish(folder, clipFiles())
    const backbone = await transformersBackbone(folder)
    expect(backbone.pair).toBe(folder)
    const features = await backbone.embed(pictures)
    const rows = pictures.map((_, row) => rowOf(features, row))
    const read: string[] = []
    const model = await zeroShot(backbone, captions(rows, read), ['bird', 'cat', 'red_deer'])
    expect(read).toEqual(['a photo of a bird', 'a photo of a cat', 'a photo of a red deer'])
    const answers = await model.predict(pictures)
    expect(answers.map(({ label }) => label)).toEqual(['bird', 'cat', 'red_deer'])
    await model.save(join(folder, '../model'))
    const again = await loadModel(join(folder, '../model'))
    expect((await again.predict(pictures)).map(({ label }) => label)).toEqual(['bird', 'cat', 'red_deer'])
  })
})
