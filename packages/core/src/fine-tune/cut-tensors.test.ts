import '@headstart/onnx/test'
import type { Tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { layeredBackbone } from '../../test/layered-backbone.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import type { TunableBackbone } from '../contract/backbone.js'
import { cutBackbone } from './cut-backbone.js'
import { type CutExample, CutTensors } from './cut-tensors.js'
import { InputError } from '../contract/errors.js'
import { FeatureCache } from '../features/feature-cache.js'
import { splitNetwork } from './split-network.js'

const backbone = layeredBackbone()
const texts = ['abc', 'zebra crossing', '', 'q', 'the quick brown fox', 'abc']
const open = (unfreeze: number | 'all', cache?: FeatureCache, of: TunableBackbone<string> = backbone) =>
  CutTensors.open(of, splitNetwork(of.network, unfreeze), cache)
const examplesOf = async (cut: CutTensors<string>, some = texts) => (await cut.read(some)) as CutExample<string>[]

/** The backbone, counting the inputs that it prepares. */
function counting(): { backbone: TunableBackbone<string>; prepared: () => number } {
  let count = 0
  const { preprocessing } = backbone
  const prepare = (text: string) => {
    count++
    if (text === 'torn') throw new InputError('torn', 'a whole text', 'half of it', 'Mend it.')
    return preprocessing.prepare(text)
  }
  return { backbone: { ...backbone, preprocessing: { ...preprocessing, prepare } }, prepared: () => count }
}

describe('CutTensors', () => {
  it('gives a batch in which all are padded to the longest, beside the mask that hides it', async () => {
    const cut = await open(2)
    const { vectors, mask } = await cut.batch(await examplesOf(cut))
    expect(vectors?.dims).toEqual([6, 16, 6])
    expect(mask?.dims).toEqual([6, 16])
    // 'abc' fills 3 of 16 places.
    const first = Array.from((vectors?.data ?? []) as Float32Array).slice(0, 16 * 6)
    expect(first.map((value) => value !== 0)).toEqual(first.map((_, place) => place < 3 * 6))
    await cut.close()
  })

  it('gives a text the same bits in any company', async () => {
    const alone = await open(1)
    const together = await open(1)
    await examplesOf(together)
    for (const text of texts) {
      const [own] = await examplesOf(alone, [text])
      const one = await alone.batch([own as CutExample<string>])
      expect(await together.batch([own as CutExample<string>])).toEqual(one)
    }
    await Promise.all([alone.close(), together.close()])
  })

  it('passes the inputs of the network on where nothing is frozen', async () => {
    const cut = await open('all')
    const feeds = await cut.batch(await examplesOf(cut))
    const { preprocessing } = backbone
    expect(feeds).toEqual(preprocessing.collate(await Promise.all(texts.map((text) => preprocessing.prepare(text)))))
    await cut.close()
  })

  it('is kept in the cache: a second run prepares nothing but what the tuned part needs', async () => {
    const directory = await temporaryFolder()
    const [first, second] = [counting(), counting()]
    for (const { backbone } of [first, second]) {
      const cut = await open(1, await FeatureCache.open({ directory }), backbone)
      await cut.read(texts)
      await cut.close()
    }
    // Five distinct texts.
    expect([first.prepared(), second.prepared()]).toEqual([5, 0])
  })

  it('has other keys for another cut and other weights', async () => {
    const keys = await Promise.all(
      [backbone, layeredBackbone({ seed: 2 })].flatMap((of) =>
        [1, 2].map(async (unfreeze) => {
          const cut = await open(unfreeze, undefined, of)
          return (await examplesOf(cut))[0]?.key
        }),
      ),
    )
    expect(new Set(keys).size).toBe(4)
  })

  it('gives the reason in place of an input that cannot be read', async () => {
    const cut = await open(1, undefined, counting().backbone)
    const [whole, torn] = await cut.read(['abc', 'torn'])
    expect(whole).toMatchObject({ input: 'abc' })
    expect(torn).toBeInstanceOf(InputError)
    await cut.close()
  })
})

describe('cutBackbone', () => {
  it.each([1, 2, 'all'] as const)('gives the features of the whole network, cut before %s stages', async (unfreeze) => {
    const split = splitNetwork(backbone.network, unfreeze)
    const cut = await open(unfreeze)
    const view = cutBackbone(backbone, split, cut)
    const done: number[] = []
    const features = await view.embed(texts, { onProgress: (progress) => done.push(progress.done) })
    expect(features.data).toBeAllclose((await backbone.embed(texts)).data, { atol: 1e-6 })
    expect(done.at(-1)).toBe(texts.length)
    const twice = await view.embed([...texts, ...texts].toReversed())
    expect(twice.data.slice(0, features.data.length)).toEqual(reversedRows(features.data, features.columns))
    await cut.close()
  })

  it('leaves out what cannot be read where it is told to', async () => {
    const { backbone: some } = counting()
    const cut = await open(1, undefined, some)
    const view = cutBackbone(some, splitNetwork(some.network, 1), cut)
    const unreadable: number[] = []
    const { data } = await view.embed(['torn', 'abc'], { onUnreadable: (index) => unreadable.push(index) })
    expect(unreadable).toEqual([0])
    expect([...data.subarray(0, 3)]).toEqual([0, 0, 0])
    await expect(view.embed(['torn'])).rejects.toThrow(InputError)
    await cut.close()
  })
})

function reversedRows(data: Tensor['data'], columns: number): Float32Array {
  const rows = Array.from({ length: data.length / columns }, (_, row) =>
    (data as Float32Array).slice(row * columns, (row + 1) * columns),
  )
  return Float32Array.from(rows.toReversed().flatMap((row) => [...row]))
}
