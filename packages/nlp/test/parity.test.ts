import '@headstart/onnx/test'
import { rowOf } from '@headstart/core/kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { universalSentenceEncoder } from '../src/backbone/universal-sentence-encoder.js'
import { oddTexts } from './odd-texts.js'
import { type OriginalEncoder, originalEncoder } from './original-encoder.js'
import { reviewSentences } from './review-sentences.js'

/** Every fiftieth of the 3,000 review sentences, and the odd ones. */
const texts = [...reviewSentences().filter((_, index) => index % 50 === 0), ...Object.values(oddTexts)]
/** Texts that the original takes at once. */
const batchSize = 25
const maxTokens = 128

let original: OriginalEncoder
beforeAll(async () => {
  original = await originalEncoder()
})

describe('universalSentenceEncoder beside the original model, run by TensorFlow.js', () => {
  it(`gives the same embeddings to ${texts.length} texts`, async () => {
    const ours = await (await universalSentenceEncoder()).embed(texts)
    for (let first = 0; first < texts.length; first += batchSize) {
      const batch = texts.slice(first, first + batchSize)
      // The original fails beyond 128 tokens, for which it has no positions.
      // To the original a tab is an unknown character; here it is a space, as to SentencePiece.
      const collapsed = batch.map((text) => text.replace(/\s+/g, ' ').trim())
      const theirs = await original.embed(collapsed.map((text) => original.encode(text).slice(0, maxTokens)))
      theirs.forEach((embedding, index) => {
        const row = rowOf(ours, first + index)
        expect(cosine(row, embedding), batch[index]?.slice(0, 60)).toBeGreaterThan(0.9999)
        expect(row).toBeAllclose(embedding, { atol: 1e-5 })
      })
    }
  })

  it('gives the same embedding to a text without a token', async () => {
    const ours = await (await universalSentenceEncoder()).embed([''])
    // The original needs a token in the last row to know how many rows there are.
    const [theirs] = await original.embed([[], original.encode('a')])
    expect(cosine(ours.data, theirs as Float32Array)).toBeGreaterThan(0.9999)
  })
})

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
