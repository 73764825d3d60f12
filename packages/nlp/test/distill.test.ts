import '@headstart/onnx/test'
import { Session } from '@headstart/onnx'
import { expect, it } from 'vitest'
import { staticTokens } from '../src/backbone/static-tokens.js'
import { dataset, distill, fineTune, universalSentenceEncoder } from '../src/index.js'
import { reviewSentences } from './review-sentences.js'

it('a text is the sum of its tokens by themselves, by their rank, of length 1', async () => {
  const encoder = await universalSentenceEncoder({ threads: 1 })
  const quick = await staticTokens(encoder, 300)
  const { network, preprocessing } = encoder
  await using session = await Session.create(network.graph)
  // Two frequent pieces, and each of them alone as the encoder sees it.
  const ids = [7, 9]
  const vectors = await Promise.all(
    ids.map(async (id) => (await session.run(preprocessing.collate([[id]])))[network.graph.outputs[0]?.name as string]),
  )
  const sum = Array.from({ length: 512 }, (_, i) =>
    ids.reduce((all, id, which) => all + Math.log(1 + id) * Number(vectors[which]?.data[i]), 0),
  )
  await using student = await Session.create(quick.network.graph)
  const { static_features } = await student.run(preprocessing.collate([ids]))
  expect(static_features?.data).toBeAllclose(
    sum.map((value) => value / Math.hypot(...sum)),
    { rtol: 1e-4, atol: 1e-6 },
  )
}, 60_000)

it('a model of reviews has a student that answers without its encoder', async () => {
  const sentences = reviewSentences().slice(0, 120)
  const label = (text: string): string => (/good|great|love|best|excellent|nice/i.test(text) ? 'praise' : 'other')
  const model = await fineTune(
    await universalSentenceEncoder({ threads: 1 }),
    dataset(sentences.slice(0, 60).map((input) => ({ input, label: label(input) }))),
    { cache: false },
  )
  const student = await distill(model, sentences, { agreement: 0.5 })
  expect(student.backbone.id).toBe('universal-sentence-encoder-lite/static')
  expect(student.labels).toEqual(model.labels)
  const agreement = student.recipe['agreement'] as number
  const [theirs, own] = await Promise.all([model.predict(sentences), student.predict(sentences)])
  const same = own.filter(({ label: said }, index) => said === theirs[index]?.label).length / sentences.length
  expect(same).toBeGreaterThanOrEqual(agreement)
}, 120_000)
