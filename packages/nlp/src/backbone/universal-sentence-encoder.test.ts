import '@headstart/onnx/test'
import { rowOf } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { describe, expect, it } from 'vitest'
import { oddTexts } from '../../test/odd-texts.js'
import { sentencePieceLoader } from '../preprocessing/sentence-piece.js'
import { universalSentenceEncoder } from './universal-sentence-encoder.js'

testBackbone('universalSentenceEncoder', {
  create: () => universalSentenceEncoder(),
  inputs: [
    '',
    'good',
    'The staff was friendly and the food was cheap.',
    oddTexts['2,000 words'] as string,
    '这部电影很好看',
  ],
  loader: sentencePieceLoader,
})

describe('universalSentenceEncoder', () => {
  it('names its stages, input to output', async () => {
    const { network, featureSize, modality } = await universalSentenceEncoder()
    expect(network.stages.map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1', 'pooling'])
    expect({ featureSize, modality }).toEqual({ featureSize: 512, modality: 'text' })
  })

  it('gives embeddings of unit length', async () => {
    const texts = Object.values(oddTexts)
    const features = await (await universalSentenceEncoder()).embed(texts)
    const lengths = texts.map((_, row) => Math.hypot(...rowOf(features, row)))
    expect(lengths).toBeAllclose(
      lengths.map(() => 1),
      { atol: 1e-5 },
    )
  })

  it('does not let a neighbor in the batch change an embedding', async () => {
    const backbone = await universalSentenceEncoder({ threads: 1 })
    const texts = ['', ...Object.values(oddTexts)]
    const together = await backbone.embed(texts)
    for (const [row, text] of texts.entries()) {
      const alone = await backbone.embed([text])
      expect(alone.data, text.slice(0, 40)).toBeAllclose(rowOf(together, row), { rtol: 0, atol: 1e-5 })
    }
  })

  it('cuts a text after 128 tokens', async () => {
    const backbone = await universalSentenceEncoder()
    const words = (count: number): string => Array.from({ length: count }, () => 'good').join(' ')
    const { data } = await backbone.embed([words(128), words(129), words(2000), words(127)])
    const [at128, at129, at2000, at127] = [0, 1, 2, 3].map((row) => data.slice(row * 512, (row + 1) * 512))
    expect(at129).toBeAllclose(at128 ?? [], { atol: 1e-6 })
    expect(at2000).toBeAllclose(at128 ?? [], { atol: 1e-6 })
    expect(() => expect(at127).toBeAllclose(at128 ?? [], { atol: 1e-6 })).toThrow(/allclose|differ|first/i)
  })

  it('puts texts of like meaning close together', async () => {
    const { data } = await (
      await universalSentenceEncoder()
    ).embed(['How old are you?', 'What is your age?', 'The train leaves at noon.'])
    const dot = (a: number, b: number): number => {
      let sum = 0
      for (let i = 0; i < 512; i++) sum += (data[a * 512 + i] as number) * (data[b * 512 + i] as number)
      return sum
    }
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2) + 0.3)
  })
})
