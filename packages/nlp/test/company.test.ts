import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FeatureCache } from '@headstart/core'
import { expect, it } from 'vitest'
import { dataset, fineTune, universalSentenceEncoder } from '../src/index.js'
import { reviewSentences } from './review-sentences.js'

it('the same data give the same bytes, whatever was in the cache before', async () => {
  const all = reviewSentences()
    .slice(0, 60)
    .map((input, place) => ({ input, label: place % 2 === 0 ? 'even' : 'odd' }))
  const [sentences, others] = [all.slice(0, 40), all.slice(40)]
  const backbone = await universalSentenceEncoder()
  const trained = async (before: readonly (typeof all)[]): Promise<Buffer[]> => {
    const directory = await mkdtemp(join(tmpdir(), 'headstart-company-'))
    const cache = await FeatureCache.open({ directory })
    for (const part of before) await (await fineTune(backbone, dataset(part), { cache, l2: 0.01 })).close()
    const { files } = await (await fineTune(backbone, dataset(sentences), { cache, l2: 0.01 })).pack()
    await rm(directory, { recursive: true })
    return [...files.values()].map((bytes) => Buffer.from(bytes))
  }
  const alone = await trained([])
  // Some of the sentences in the company of others, one after another, in another order.
  const company = await trained([
    [...others, ...sentences.slice(0, 15).toReversed()],
    [...sentences.slice(30), ...others],
  ])
  expect(company.map((bytes, place) => bytes.equals(alone[place] as Buffer))).toEqual(alone.map(() => true))
  await backbone.close()
})
