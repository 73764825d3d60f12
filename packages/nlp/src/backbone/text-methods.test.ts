import { compare, dataset } from '@headstart/core'
import { expect, it } from 'vitest'
import { bagOfWords } from './bag-of-words.js'
import { textMethods } from './text-methods.js'
import { universalSentenceEncoder } from './universal-sentence-encoder.js'

it('textMethods sets words of the training texts alone beside the frozen backbone', async () => {
  const topics = { sea: ['harbor', 'sailing', 'waves'], sky: ['clouds', 'flying', 'stars'] }
  const examples = Object.entries(topics).flatMap(([label, words]) =>
    Array.from({ length: 12 }, (_, i) => ({ input: `${words[i % 3]} number ${i}`, label })),
  )
  const backbone = bagOfWords(examples.map(({ input }) => input))
  const methods = textMethods(backbone)
  expect(methods.map(({ name }) => name)).toEqual(['no-transfer', 'frozen'])

  const [noTransfer, frozen] = methods
  expect(noTransfer?.backbone(['sails'])).toMatchObject({ id: 'bag-of-words', featureSize: 1 })
  expect(frozen?.backbone(['sails'])).toBe(backbone)
  expect(frozen?.description).toBe('frozen bag-of-words')

  const { rows } = await compare(dataset(examples), { methods, shots: [4], seeds: 2, cache: false })
  expect(rows.map(({ method, shots }) => [method, shots])).toEqual(
    expect.arrayContaining([
      ['no-transfer', 4],
      ['frozen', 4],
    ]),
  )
})

it('textMethods with tuning adds the encoder from scratch and tuned', async () => {
  const encoder = await universalSentenceEncoder()
  expect(textMethods(encoder, { unfreeze: 1 }).map(({ name, tuning }) => [name, tuning?.unfreeze])).toEqual([
    ['no-transfer', undefined],
    ['scratch', 'all'],
    ['frozen', undefined],
    ['fine-tuned', 1],
  ])
  // Where the graph is not at hand there is nothing to tune.
  expect(textMethods(bagOfWords(['a']), { unfreeze: 1 }).map(({ name }) => name)).toEqual(['no-transfer', 'frozen'])
})
