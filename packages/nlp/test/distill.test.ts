import '@headstart/onnx/test'
import { Session, type Tensors } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { staticTokens } from '../src/backbone/static-tokens.js'
import {
  dataset,
  distill,
  fineTune,
  loadModel,
  transformersBackbone,
  type TunableBackbone,
  universalSentenceEncoder,
} from '../src/index.js'
import { bertFiles, robertaFiles } from '../src/test/index.js'
import { publish } from './publish.js'
import { reviewSentences } from './review-sentences.js'

/** Of tokens, by themselves between what frames every text: their vectors by the encoder, times ln(1 + rank), summed up, of length 1. */
async function sumOf(
  encoder: TunableBackbone<string>,
  ids: readonly number[],
  around: (id: number) => unknown,
): Promise<number[]> {
  const { network, preprocessing, featureSize } = encoder
  await using session = await Session.create(network.graph)
  const sum = Array<number>(featureSize).fill(0)
  for (const id of ids) {
    const feeds = preprocessing.collate([around(id)]) as Tensors
    const vector = (await session.run(feeds))[network.graph.outputs[0]?.name as string]
    sum.forEach((value, i) => (sum[i] = value + Math.log(1 + id) * Number(vector?.data[i])))
  }
  return sum.map((value) => value / Math.hypot(...sum))
}

describe('static tokens', () => {
  it('of the built-in encoder: a text is the sum of its tokens by themselves, by their rank, of length 1', async () => {
    const encoder = await universalSentenceEncoder({ threads: 1, knowledge: [] })
    const text = 'a good film'
    const quick = await staticTokens(encoder, [text], { mostTokens: 12 })
    const ids = (await encoder.preprocessing.prepare(text)) as number[]
    expect((await quick.embed([text])).data).toBeAllclose(await sumOf(encoder, ids, (id) => [id]), {
      rtol: 1e-4,
      atol: 1e-6,
    })
    // Nothing is known of what is neither of the texts nor among the first: the rarest pieces.
    expect((await quick.embed(['xylophone'])).data.some((value) => value !== 0)).toBe(false)
  }, 60_000)

  it.each([
    ['BERT, by WordPiece between [CLS] and [SEP]', bertFiles(), {}],
    ['RoBERTa, by bytes, whose texts are read in parts', robertaFiles(), { longTexts: 'split' }],
  ] as const)('of a published encoder: %s', async (_, files, options) => {
    const encoder = await transformersBackbone(await publish(files), { ...options, knowledge: [] })
    const text = 'the good movie'
    const quick = await staticTokens(encoder, [text])
    const [framed = []] = (await encoder.preprocessing.prepare(text)) as number[][]
    const [first, last] = [framed.at(0), framed.at(-1)] as [number, number]
    const expected = await sumOf(encoder, framed.slice(1, -1), (id) => [[first, id, last]])
    expect((await quick.embed([text])).data).toBeAllclose(expected, { rtol: 1e-3, atol: 1e-5 })
    // It reads as far as its model does.
    const long = Array(40).fill(text).join(' ')
    const [whole, changed] = [long, `${long} bad bad`].map(async (one) => [...(await quick.embed([one])).data])
    expect((await whole)?.join() === (await changed)?.join()).toBe(!('longTexts' in options))
  })

  it('are of encoders whose vocabulary is known', async () => {
    const encoder = await universalSentenceEncoder({ threads: 1 })
    const other = { ...encoder, preprocessing: { ...encoder.preprocessing, files: new Map() } }
    await expect(staticTokens(other, ['a'])).rejects.toThrow(/expected a model on an encoder whose vocabulary is known/)
  })
})

it('a model on a published encoder has a student that is saved, and answers the same', async () => {
  const encoder = await transformersBackbone(await publish(bertFiles()))
  const texts = Array.from(
    { length: 60 },
    (_, i) => `the ${i % 2 ? 'good' : 'bad'} movie ${'was a film '.repeat(i % 3)}`,
  )
  const model = await fineTune(
    encoder,
    dataset(texts.slice(0, 20).map((input, i) => ({ input, label: i % 2 ? 'praise' : 'blame' }))),
    { cache: false },
  )
  const student = await distill(model, texts)
  expect(student.backbone.id).toMatch(/\/static$/)
  const folder = `${await publish(bertFiles())}-student`
  await student.save(folder)
  await using loaded = await loadModel(folder)
  expect(await loaded.predict(texts)).toEqual(await student.predict(texts))
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
