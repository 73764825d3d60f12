import { expect, it } from 'vitest'
import { Dataset } from '../data/dataset.js'
import type { Backbone } from '../contract/backbone.js'
import { DataError } from '../contract/errors.js'
import { fineTune } from './fine-tune.js'

/** Features that are all of one size. */
function ofSize(size: number): Backbone<number> {
  return {
    id: 'sized',
    modality: 'numbers',
    fingerprint: String(size),
    featureSize: 2,
    contentKey: (input) => String(input),
    async embed(inputs) {
      const data = Float32Array.from(inputs.flatMap((input) => [input * size, ((input * 7919) % 13) * size]))
      return { rows: inputs.length, columns: 2, data }
    },
  }
}

const examples = Array.from({ length: 40 }, (_, place) => place + 1)
const classes = new Dataset(
  examples.map((input) => ({ input, label: input > 20 ? 'large' : 'small' })),
  { name: 'sizes' },
)

it.each([1e-44, 1e-40, 1e-20, 1e-3, 1, 1e3, 1e20, 1e37])(
  'features near %s give a model whose answers are numbers, or none',
  async (size) => {
    const trained = fineTune(ofSize(size), classes, { cache: false })
    const outcome = await trained.catch((error: unknown) => error)
    if (outcome instanceof Error) return expect(outcome).toBeInstanceOf(DataError)
    const [answer] = await (await trained).predict([3])
    expect(
      Object.values((answer as { probabilities: Record<string, number> }).probabilities).every(Number.isFinite),
    ).toBe(true)
  },
)

it.each([1e300, -1e39])('a target of %s is refused before anything is trained', async (target) => {
  const numbers = examples.map((input) => ({ input, label: input === 7 ? target : input }))
  const data = new Dataset(numbers, { name: 'large' })
  await expect(fineTune(ofSize(1), data, { cache: false })).rejects.toThrow(
    `data set "large", example 7: expected a number of at most 3e38, got ${target}`,
  )
})
