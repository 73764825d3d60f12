import { describe, expect, it } from 'vitest'
import { fineTune } from './fine-tune.js'
import { dataset } from '../data/dataset.js'
import { readExamples } from '../data/table/read-examples.js'

const backbone = {
  id: 'length',
  modality: 'text',
  featureSize: 1,
  fingerprint: '1',
  contentKey: (text: string) => text,
  embed: async (texts: readonly string[]) => ({
    rows: texts.length,
    columns: 1,
    data: Float32Array.from(texts, ({ length }) => length),
  }),
}
const train = dataset([
  { input: 'a', label: 'short' },
  { input: 'b', label: 'short' },
  { input: 'a long one', label: 'long' },
  { input: 'another one', label: 'long' },
])

/** As a program without types calls it. */
const learn = (...args: readonly unknown[]): Promise<unknown> =>
  (fineTune as (...args: readonly unknown[]) => Promise<unknown>)(...args)

describe('a program without types', () => {
  it.each<[what: string, args: unknown[], says: RegExp]>([
    [
      'forgets await before the backbone',
      [Promise.resolve(backbone), train],
      /fineTune: expected a backbone, got the promise of one\. Put await before it\./,
    ],
    [
      'forgets await before the data',
      [backbone, Promise.resolve(train)],
      /fineTune: expected a data set, got the promise of one\. Put await/,
    ],
    [
      'gives a path',
      [backbone, 'reviews.csv'],
      /expected a data set, got "reviews\.csv"\. Read it first, as in await readTextDataset/,
    ],
    ['gives a list of examples', [backbone, train.examples], /expected a data set, got a list\. Make one: dataset\(/],
    [
      'misspells an option',
      [backbone, train, { unfrez: 1 }],
      /expected options among .*, got unfrez\. Did you mean unfreeze\?/,
    ],
    [
      'takes an option of another library',
      [backbone, train, { num_train_epochs: 3 }],
      /got num_train_epochs\. Leave it out\./,
    ],
  ])('%s', async (_, args, says) => {
    await expect(learn(...args)).rejects.toMatchObject({
      name: 'OptionError',
      message: expect.stringMatching(says) as string,
    })
  })

  it('names the fields of an example as another library does', () => {
    const rows: object[] = [{ text: 'a', label: 'b' }]
    expect(() => dataset(rows as { input: string; label: string }[])).toThrow(
      /expected examples with the fields input and label, got the fields text, label at example 1\. Rename them\./,
    )
  })

  it('measures a list of examples', async () => {
    const model = await fineTune(backbone, train, { l2: 1, cache: false })
    await expect(model.evaluate(train.examples as never)).rejects.toThrow(/model: expected a data set, got a list/)
  })

  it('misspells a kind', async () => {
    const reading = readExamples(
      import.meta.filename,
      { role: 'text', usualNames: [] },
      { kind: 'regresion' as never, format: 'csv' },
    )
    await expect(reading).rejects.toThrow(/option "kind": expected one of "classification", .*, got "regresion"/)
  })
})
