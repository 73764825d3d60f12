import { describe, expect, it } from 'vitest'
import { dataset, type Dataset } from './dataset.js'
import { assertConsistent, checkDataset, describeCheck } from './dataset-check.js'
import { DataError } from '../contract/errors.js'
import type { Target } from '../contract/target.js'

const contentKey = (input: string): string => input.trim().toLowerCase()

function texts<Label extends Target>(...pairs: readonly (readonly [string, Label])[]): Dataset<string, Label> {
  return dataset(
    pairs.map(([input, label]) => ({ input, label })),
    { name: 'reviews.tsv' },
  )
}

/** Two contradicting examples among `size`. */
function contradicting(size: number): Dataset<string, string> {
  const others = Array.from({ length: size - 2 }, (_, index) => [`text ${index}`, 'good'] as const)
  return texts<string>(['It works.', 'good'], ...others, ['it works. ', 'bad'])
}

describe('checkDataset', () => {
  it('finds nothing in clean data', async () => {
    const train = texts(['a', 'x'], ['b', 'y'])
    const check = await checkDataset(train, { contentKey, test: texts(['c', 'x']) })
    expect(check.duplicates.count + check.contradictions.length + check.leaks.count).toBe(0)
    expect(describeCheck(check)).toEqual([])
    expect(() => assertConsistent(check, train)).not.toThrow()
  })

  it('tells duplicates from contradictions', async () => {
    const train = texts<string>(['A', 'x'], ['b', 'y'], ['a', 'x'], ['c', 'x'], ['a ', 'y'], ['B', 'y'], [' a', 'x'])
    expect(await checkDataset(train, { contentKey })).toEqual({
      duplicates: {
        count: 3,
        groups: [
          { indices: [0, 2, 6], targets: ['x', 'x', 'x'], excerpt: 'A' },
          { indices: [1, 5], targets: ['y', 'y'], excerpt: 'b' },
        ],
      },
      contradictions: [{ indices: [0, 2, 4, 6], targets: ['x', 'x', 'y', 'x'], excerpt: 'A' }],
      leaks: { count: 0, testSize: 0, groups: [] },
    })
  })

  it('finds test examples in the training data, whatever their label', async () => {
    const train = texts(['a', 'x'], ['b', 'y'], ['A', 'x'])
    const test = texts(['c', 'x'], ['a', 'y'], ['a', 'x'], ['B', 'y'])
    const { leaks } = await checkDataset(train, { contentKey, test })
    expect(leaks).toEqual({
      count: 3,
      testSize: 4,
      groups: [
        { train: [0, 2], test: [1, 2], excerpt: 'a' },
        { train: [1], test: [3], excerpt: 'b' },
      ],
    })
  })

  it('compares bytes by value and lists of labels as sets', async () => {
    const image = (byte: number): Uint8Array => Uint8Array.of(1, byte)
    const train = dataset<Uint8Array, string[]>([
      { input: image(1), label: ['a', 'b'] },
      { input: image(2), label: ['a'] },
      { input: image(1), label: ['b', 'a', 'b'] },
      { input: image(2), label: ['b'] },
    ])
    const check = await checkDataset(train, { contentKey: (input) => input })
    expect(check.duplicates.groups.map(({ indices }) => indices)).toEqual([[0, 2]])
    expect(check.contradictions.map(({ indices }) => indices)).toEqual([[1, 3]])
    expect(check.contradictions[0]?.excerpt).toBeUndefined()
  })

  it('shortens long texts between characters', async () => {
    const long = `${'a'.repeat(58)}😀😀${'b'.repeat(1000)}`
    const train = texts([long, 'x'], [long, 'x'])
    expect((await checkDataset(train, { contentKey })).duplicates.groups[0]?.excerpt).toBe(`${'a'.repeat(58)}😀…`)
  })
})

describe('describeCheck', () => {
  it('gives a sentence with an example for each finding', async () => {
    const train = texts<string>(['Fine', 'x'], ['odd', 'x'], ['fine', 'x'], ['odd', 'y'])
    const test = texts(['new', 'x'], ['ODD', 'x'])
    expect(describeCheck(await checkDataset(train, { contentKey, test }))).toEqual([
      '1 example repeats an earlier one with the same label, such as "Fine": examples 1 and 3. ' +
        'Remove the copies unless such examples really are that frequent.',
      '2 examples whose content also occurs with another label, such as "odd": "x" at example 2 and "y" at ' +
        'example 4. Correct their labels or remove them.',
      '1 of 2 test examples is in the training data, too, such as "odd": training example 2 and test example 2. ' +
        'Remove them from one side: what was trained on does not measure what was learned.',
    ])
  })
})

describe('assertConsistent', () => {
  it('asks whether the columns are swapped where texts stand in the place of labels', async () => {
    const train = texts(['payment', 'I paid twice.'], ['payment', 'No invoice came.'], ['delivery', 'Where is it?'])
    const check = await checkDataset(train, { contentKey })
    expect(() => assertConsistent(check, train)).toThrow(/if the columns are swapped, name them the other way round/)
  })

  it('lets noise pass and refuses more than 5 % contradicting examples', async () => {
    const assert = async (train: Dataset<string, string>): Promise<void> =>
      assertConsistent(await checkDataset(train, { contentKey }), train)
    await assert(contradicting(40))
    await expect(assert(contradicting(39))).rejects.toThrow(DataError)
    await expect(assert(contradicting(39))).rejects.toThrow(
      'data set "reviews.tsv": expected one label for the same content, got 2 of 39 examples whose content also ' +
        'occurs with another label, such as "It works.": "good" at example 1 and "bad" at example 39. ' +
        'Correct their labels or remove them.',
    )
  })

  it('takes different numbers for repeated measurements', async () => {
    const train = texts(['a', 1], ['a', 2])
    const check = await checkDataset(train, { contentKey })
    expect(check.contradictions).toHaveLength(1)
    expect(() => assertConsistent(check, train)).not.toThrow()
  })
})
