import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import type { Backbone, EmbedOptions } from '../contract/backbone.js'
import { computeFeatures, resolveCache } from './cached-features.js'
import { DataError } from '../contract/errors.js'
import { FeatureCache } from './feature-cache.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { TrainEvent } from '../contract/progress.js'

/** Features of a number: itself, its square, its half. Remembers what it was asked. */
class Arithmetic implements Backbone<number> {
  readonly id: string = 'arithmetic'
  readonly modality = 'behavior'
  readonly featureSize: number = 3
  readonly fingerprint: string = '1'
  readonly batches: number[][] = []
  contentKey(input: number): string {
    return String(input)
  }
  async embed(inputs: readonly number[], { onProgress }: EmbedOptions = {}): Promise<Matrix> {
    this.batches.push([...inputs])
    onProgress?.({ done: 1, total: inputs.length })
    return { rows: inputs.length, columns: 3, data: Float32Array.from(inputs.flatMap((x) => [x, x * x, x / 2])) }
  }
}

let cache: FeatureCache
let directory = ''
beforeEach(async () => {
  directory = await temporaryFolder()
  cache = await FeatureCache.open({ directory })
})
afterEach(() => vi.unstubAllEnvs())

function expectFeatures(features: Matrix, inputs: readonly number[]): void {
  expect([features.rows, features.columns]).toEqual([inputs.length, 3])
  inputs.forEach((x, row) => expect(rowOf(features, row)).toEqual(Float32Array.of(x, x * x, x / 2)))
}

describe('computeFeatures', () => {
  it('computes once, in order, and finds again', async () => {
    const inputs = [5, 3, 8]
    const first = new Arithmetic()
    expectFeatures(await computeFeatures(first, inputs, { cache }), inputs)
    expect(first.batches).toEqual([[5, 3, 8]])

    const second = new Arithmetic()
    const reopened = await FeatureCache.open({ directory })
    expectFeatures(await computeFeatures(second, [8, 1, 5, 3, 2], { cache: reopened }), [8, 1, 5, 3, 2])
    expect(second.batches).toEqual([[1, 2]])
  })

  it('says again what is worth knowing of inputs whose features were kept', async () => {
    const odd: number[] = []
    const watched = Object.assign(new Arithmetic(), {
      review: (input: number) => void odd.push(input),
      takeNotices: () => (odd.length > 0 ? [`${odd.splice(0).length} are odd.`] : []),
    })
    const said: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && said.push(event.message))
    await computeFeatures(watched, [1, 2], { cache, onEvent })
    expect(said).toEqual([])
    await computeFeatures(watched, [2, 1, 2, 3], { cache, onEvent })
    expect(said).toEqual([`${watched.id}: 2 are odd.`])
  })

  it.each(['with', 'without'])('embeds duplicates once, %s a cache', async (which) => {
    const backbone = new Arithmetic()
    const events: TrainEvent[] = []
    const inputs = [7, 7, 2, 7, 2]
    const onEvent = (event: TrainEvent): void => void events.push(event)
    const given = which === 'with' ? cache : undefined
    expectFeatures(await computeFeatures(backbone, inputs, { cache: given, onEvent }), inputs)
    expect(backbone.batches).toEqual([[7, 2]])
    const features = { type: 'features', total: 5, cached: 0 }
    expect(events).toEqual([0, 1, 5].map((done) => ({ ...features, done })))
  })

  it('tells how many come from the cache', async () => {
    await computeFeatures(new Arithmetic(), [1, 2], { cache })
    const events: TrainEvent[] = []
    await computeFeatures(new Arithmetic(), [1, 1, 2, 3, 4], { cache, onEvent: (event) => events.push(event) })
    expect(events).toEqual([3, 4, 5].map((done) => ({ type: 'features', done, total: 5, cached: 3 })))
  })

  it('shares nothing between networks or weights', async () => {
    await computeFeatures(new Arithmetic(), [1], { cache })
    for (const part of ['id', 'fingerprint'] as const) {
      const other = Object.assign(new Arithmetic(), { [part]: 'other' })
      await computeFeatures(other, [1], { cache })
      expect(other.batches).toEqual([[1]])
    }
  })

  it('does not take features of another size', async () => {
    await computeFeatures(new Arithmetic(), [1], { cache })
    const smaller = Object.assign(new Arithmetic(), { featureSize: 2, embed: async () => zeroMatrix(1, 2) })
    expect(await computeFeatures(smaller, [1], { cache })).toEqual(zeroMatrix(1, 2))
  })

  it('keeps the finished chunks when it is stopped', async () => {
    const inputs = [...Array(1300).keys()]
    const stop = new AbortController()
    const backbone = new Arithmetic()
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'features' && event.done === 512) stop.abort(new Error('enough'))
    }
    await expect(computeFeatures(backbone, inputs, { cache, signal: stop.signal, onEvent })).rejects.toThrow('enough')
    expect(backbone.batches.map((batch) => batch.length)).toEqual([512])

    const again = new Arithmetic()
    const reopened = await FeatureCache.open({ directory })
    expectFeatures(await computeFeatures(again, inputs, { cache: reopened }), inputs)
    expect(again.batches.map((batch) => batch.length)).toEqual([512, 276])
    expect(again.batches[0]?.[0]).toBe(512)
  })

  it('keeps the finished chunks when the backbone fails', async () => {
    const backbone = new Arithmetic()
    const failing = Object.assign(new Arithmetic(), {
      embed: (inputs: number[]) => (inputs[0] ? Promise.reject(new Error('out of memory')) : backbone.embed(inputs)),
    })
    await expect(computeFeatures(failing, [...Array(600).keys()], { cache })).rejects.toThrow('out of memory')
    const again = new Arithmetic()
    await computeFeatures(again, [...Array(600).keys()], { cache })
    expect(again.batches.map((batch) => batch.length)).toEqual([88])
  })

  it('works without a cache, and with one that fails', async () => {
    expectFeatures(await computeFeatures(new Arithmetic(), [4, 2], { cache: undefined }), [4, 2])
    const off = await FeatureCache.open({ directory: join(process.execPath, 'below') })
    expectFeatures(await computeFeatures(new Arithmetic(), [4, 2], { cache: off }), [4, 2])
  })

  it('takes no inputs', async () => {
    const backbone = new Arithmetic()
    expect(await computeFeatures(backbone, [], { cache })).toEqual(zeroMatrix(0, 3))
    expect(backbone.batches).toEqual([])
  })

  it('names the input whose features are not finite, and keeps none of them', async () => {
    const backbone = new Arithmetic()
    const compute = (): Promise<Matrix> => computeFeatures(backbone, [1, 1, 2, 1e30], { cache })
    await expect(compute()).rejects.toThrow(DataError)
    await expect(compute()).rejects.toThrow(
      'backbone "arithmetic": expected finite features, got Infinity for inputs[3]. Check this input, or leave it out.',
    )
    expect(backbone.batches).toEqual([
      [1, 2, 1e30],
      [1, 2, 1e30],
    ])
  })

  it.each([zeroMatrix(1, 3), zeroMatrix(2, 4), { rows: 2, columns: 3, data: new Float32Array(5) }])(
    'refuses a matrix of another shape',
    async (matrix) => {
      const backbone = Object.assign(new Arithmetic(), { embed: async () => matrix })
      await expect(computeFeatures(backbone, [1, 2], { cache })).rejects.toThrow(
        `expected features of shape [2, 3], got [${matrix.rows}, ${matrix.columns}] with ${matrix.data.length} numbers`,
      )
    },
  )
})

describe('resolveCache', () => {
  it('is the given cache, none, or the default one', async () => {
    vi.stubEnv('HEADSTART_CACHE', directory)
    expect(await resolveCache({ cache })).toBe(cache)
    expect(await resolveCache({ cache: false })).toBeUndefined()
    expect(await resolveCache({})).toMatchObject({ directory })
  })

  it('turns the notice of a failing cache into an event', async () => {
    vi.stubEnv('HEADSTART_CACHE', join(process.execPath, 'below'))
    const events: TrainEvent[] = []
    await resolveCache({ onEvent: (event) => events.push(event) })
    expect(events).toEqual([{ type: 'notice', message: expect.stringContaining('The feature cache') }])
  })
})
