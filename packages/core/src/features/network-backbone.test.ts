import '@headstart/onnx/test'
import { GraphBuilder, type Tensor } from '@headstart/onnx'
import { FeedError } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { letters, tinyBackbone } from '../../test/tiny-backbone.js'
import { tinyExamples } from '../../test/tiny-data.js'
import type { Preprocessing } from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import { rowOf } from '../contract/matrix.js'
import { networkBackbone, type NetworkBackboneParts } from './network-backbone.js'

const texts = ['zebra', 'a', '', 'the quick brown fox', 'an ox', 'b']

/** The tiny backbone with other parts, and the batches that its graph was given. */
function watched(parts: Partial<NetworkBackboneParts<string, number[]>> = {}) {
  const shapes: (readonly number[])[] = []
  const preprocessing: Preprocessing<string, number[]> = {
    ...letters(),
    collate(batch): Record<string, Tensor> {
      const feeds = letters().collate(batch)
      shapes.push(feeds.letters?.dims ?? [])
      return feeds
    },
  }
  const { id, modality, network } = tinyBackbone()
  return { shapes, backbone: networkBackbone({ id, modality, network, preprocessing, threads: 1, ...parts }) }
}

describe('networkBackbone', () => {
  it('gives features in the order of the inputs, however they are batched', async () => {
    const { data } = await tinyBackbone().embed(texts)
    for (const batchCost of [1, 7, 20, 1000]) {
      expect((await watched({ batchCost }).backbone.embed(texts)).data).toBeAllclose(data, { atol: 1e-6 })
    }
  })

  it('puts inputs of like cost together, none above the cost of a batch unless it is alone', async () => {
    const { shapes, backbone } = watched({ batchCost: 10 })
    await backbone.embed(texts)
    // Letters: 16; 5 and 4; 1, 1 and 0.
    expect(shapes).toEqual([
      [1, 16],
      [2, 5],
      [3, 1],
    ])
  })

  it('puts together inputs of one shape alone, two at least, where features are not to depend on company', async () => {
    const { shapes, backbone } = watched({ batchCost: 10 })
    const features = await backbone.embed(texts, { steady: true })
    expect(shapes).toEqual([
      [2, 16],
      [2, 5],
      [2, 4],
      [2, 1],
      [2, 1],
    ])
    expect(features.rows).toBe(texts.length)
    expect(features.data).toBeAllclose((await backbone.embed(texts)).data, { atol: 1e-6 })
  })

  it('takes more inputs than it prepares at once', async () => {
    const many = tinyExamples(700).map(({ input }) => input)
    const done: number[] = []
    const features = await tinyBackbone().embed(many, { onProgress: (progress) => done.push(progress.done) })
    const last = await tinyBackbone().embed(many.slice(-1))
    expect(features.rows).toBe(2100)
    expect(rowOf(features, 2099)).toBeAllclose(last.data, { atol: 1e-6 })
    expect(done.at(-1)).toBe(2100)
  })

  it('prepares one window ahead and no more, as large as the preprocessing says', async () => {
    const windowSize = 8
    let [prepared, collated, most] = [0, 0, 0]
    const preprocessing: Preprocessing<string, number[]> = {
      ...letters(),
      windowSize,
      async prepare(text) {
        await new Promise(setImmediate)
        prepared++
        most = Math.max(most, prepared - collated)
        return letters().prepare(text)
      },
      collate(batch) {
        collated += batch.length
        return letters().collate(batch)
      },
    }
    const { backbone } = watched({ preprocessing, batchCost: 20 })
    const many = tinyExamples(30).map(({ input }) => input)
    expect((await backbone.embed(many)).data).toBeAllclose((await tinyBackbone().embed(many)).data, { atol: 1e-6 })
    expect(prepared).toBe(many.length)
    expect(most).toBeGreaterThan(windowSize)
    expect(most).toBeLessThanOrEqual(2 * windowSize)
  })

  it('knows the number of features from the graph', () => {
    expect(tinyBackbone().featureSize).toBe(8)
    const g = new GraphBuilder('pixels')
    g.output('y', g.op('Relu', [g.input('x', 'float32', ['batch', 'pixels'])]), 'float32', ['batch', 'pixels'])
    const unknown = { id: 'pixels', network: { graph: g.build(), stages: [] } }
    expect(() => watched(unknown)).toThrow(DataError)
    expect(() => watched(unknown)).toThrow(
      'backbone "pixels": expected a graph with one output of shape [batch, features], the number of features known, ' +
        'got outputs y[batch, pixels]. Cut the graph at the features.',
    )
  })

  it('is identified by weights and preprocessing together', () => {
    const { fingerprint } = tinyBackbone()
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(tinyBackbone().fingerprint).toBe(fingerprint)
    const others = [
      tinyBackbone({ seed: 2 }),
      watched({ preprocessing: letters(undefined, 3) }).backbone,
      watched({ preprocessing: letters(new TextEncoder().encode('zyx')) }).backbone,
      watched({ preprocessing: { ...letters(), id: 'letters/2' } }).backbone,
    ].map((other) => other.fingerprint)
    expect(new Set([fingerprint, ...others]).size).toBe(5)
    expect(watched({ fingerprint: 'as given' }).backbone.fingerprint).toBe('as given')
  })

  it('stops between batches, once the batch that runs is done', async () => {
    const stop = new AbortController()
    const { shapes, backbone } = watched({ batchCost: 1 })
    const done: number[] = []
    const onProgress = (progress: { done: number }): void => {
      done.push(progress.done)
      if (progress.done === 2) stop.abort(new Error('enough'))
    }
    await expect(backbone.embed(texts, { signal: stop.signal, onProgress })).rejects.toThrow('enough')
    expect(done).toEqual([1, 2])
    expect(shapes.length).toBeLessThan(texts.length)
  })

  it('hands on the failure of an input, and works after that', async () => {
    const prepare = (text: string): number[] | Promise<number[]> =>
      text === '' ? Promise.reject(new Error('empty')) : letters().prepare(text)
    const { backbone } = watched({ preprocessing: { ...letters(), prepare } })
    await expect(backbone.embed(texts)).rejects.toThrow('empty')
    expect(await backbone.embed(['a'])).toEqual(await tinyBackbone().embed(['a']))
  })

  it('hands on the failure of the graph, be it in the last batch', async () => {
    const collate = (batch: readonly number[][]): Record<string, Tensor> =>
      batch[0]?.length === 0 ? {} : letters().collate(batch)
    const { backbone } = watched({ batchCost: 1, preprocessing: { ...letters(), collate } })
    await expect(backbone.embed(['abc', ''])).rejects.toThrow(FeedError)
    expect(await backbone.embed(['a'])).toEqual(await tinyBackbone().embed(['a']))
  })
})
