import '@headstart/onnx/test'
import { dataset, FeatureCache, fineTune } from '@headstart/core'
import { OptionError, rowOf } from '@headstart/core/kit'
import { beforeEach, describe, expect, it } from 'vitest'
import { noise, writeFiles } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyImageBackbone } from '../../test/tiny-image-backbone.js'
import { augmented } from './augmented.js'
import type { ImageInput } from '../preprocessing/image-input.js'

let folder: string
let paths: string[]
beforeEach(async () => {
  folder = await temporaryFolder()
  const names = Array.from({ length: 8 }, (_, place) => `${place}.png`)
  await writeFiles(
    folder,
    Object.fromEntries(names.map((name, place) => [name, noise(place, { brightness: place < 4 ? 0.2 : 0.9 })])),
  )
  paths = names.map((name) => `${folder}/${name}`)
})
const pictures = () => dataset(paths.map((input, place) => ({ input, label: place < 4 ? 'dark' : 'light' })))

describe('augmented', () => {
  it('adds changed copies of each picture, which share its label and its group', () => {
    const data = augmented(pictures(), { copies: 3 })
    expect(data.size).toBe(32)
    expect(data.inputs.slice(0, 1)).toEqual(paths.slice(0, 1))
    expect(data.targets.slice(0, 5)).toEqual(['dark', 'dark', 'dark', 'dark', 'dark'])
    expect(data.representatives().inputs).toEqual(paths)
    const seeds = data.inputs.flatMap((input) => (typeof input === 'object' && 'seed' in input ? [input.seed] : []))
    expect(new Set(seeds).size).toBe(24)
  })

  it('gives each copy pixels of its own, the same for the same seed', async () => {
    const backbone = tinyImageBackbone()
    const embed = async (seed: number) => backbone.embed(augmented(pictures(), { copies: 2, seed }).inputs)
    const features = await embed(1)
    expect(await embed(1)).toEqual(features)
    expect((await embed(2)).data).not.toEqual(features.data)
    expect(new Set(Array.from({ length: 24 }, (_, row) => rowOf(features, row).join())).size).toBe(24)
    const keys = await Promise.all(
      augmented(pictures(), { copies: 2 }).inputs.map((input) => backbone.contentKey(input)),
    )
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(24)
  })

  it('trains a head, from the feature cache the second time', async () => {
    const cache = await FeatureCache.open({ directory: `${folder}/cache` })
    const cached: number[] = []
    for (let time = 0; time < 2; time++) {
      const model = await fineTune<ImageInput, string>(tinyImageBackbone(), augmented(pictures(), { copies: 3 }), {
        cache,
        onEvent: (event) => {
          if (event.type === 'features' && event.done === event.total) cached.push(event.cached)
        },
      })
      expect(model.training.examples).toBe(32)
      expect((await model.predict(paths)).map(({ label }) => label)).toEqual(pictures().targets)
    }
    expect(cached).toEqual([0, 32])
  })

  it('refuses no copies, options out of range, and copies of copies', () => {
    for (const options of [{ copies: 0 }, { copies: 1.5 }, { crop: 2 }]) {
      expect(() => augmented(pictures(), options)).toThrow(OptionError)
    }
    expect(() => augmented(augmented(pictures()))).toThrow(/expected pictures as they are, got changed ones/)
  })
})
