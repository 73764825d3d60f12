import { describe, expect, expectTypeOf, it } from 'vitest'
import { type ClassOf, type Dataset, dataset } from './dataset.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { Example, Target } from '../contract/target.js'

/** `sizes` examples of each class, classes taking turns; the input is the example's number. */
function classes(sizes: Record<string, number>): Dataset<number, string> {
  const labels = Object.entries(sizes).flatMap(([label, size]) =>
    Array.from({ length: size }, (_, turn) => ({ label, turn })),
  )
  const turns = labels.sort((a, b) => a.turn - b.turn)
  return dataset(turns.map(({ label }, input) => ({ input, label })))
}

/** Labels that do not fit their type, as a reader of files might give them. */
const untyped = (labels: readonly unknown[]): Example<number, Target>[] =>
  labels.map((label, input) => ({ input, label: label as Target }))

describe('label types', () => {
  it('infers literal labels as their union', () => {
    const pets = dataset([
      { input: 'miaow', label: 'cat' },
      { input: 'woof', label: 'dog' },
    ])
    expectTypeOf(pets).toEqualTypeOf<Dataset<string, 'cat' | 'dog'>>()
    expectTypeOf(pets.kind).toEqualTypeOf<'classification'>()
    expectTypeOf(pets.labels).toEqualTypeOf<readonly ('cat' | 'dog')[]>()
    expectTypeOf(pets.subset([0])).toEqualTypeOf<Dataset<string, 'cat' | 'dog'>>()
    expect(pets.kind).toBe('classification')
  })

  it('keeps string, lists and numbers', () => {
    const label: string = 'cat'
    expectTypeOf(dataset([{ input: 'miaow', label }])).toEqualTypeOf<Dataset<string, string>>()
    const lists = dataset([
      { input: 1, label: ['red', 'round'] },
      { input: 2, label: ['red'] },
    ])
    expectTypeOf(lists.kind).toEqualTypeOf<'multi-label'>()
    expectTypeOf(lists.labels).toEqualTypeOf<readonly ('red' | 'round')[]>()
    const numbers = dataset([{ input: 'a', label: 1.5 }])
    expectTypeOf(numbers.kind).toEqualTypeOf<'regression'>()
    expectTypeOf<ClassOf<number>>().toEqualTypeOf<never>()
  })

  it('lets a data set of any label type pass as one of any target', () => {
    const read = (data: Dataset<unknown, Target>): readonly string[] => data.labels
    expect(read(dataset([{ input: 1, label: 'a' }]))).toEqual(['a'])
    const generic = <Label extends Target>(data: Dataset<number, Label>): readonly string[] => data.labels
    expect(generic(dataset([{ input: 1, label: ['b', 'a'] }]))).toEqual(['a', 'b'])
  })
})

describe('fields', () => {
  it('sorts class names by code unit and counts them', () => {
    const data = classes({ b: 2, a: 1, Z: 3, é: 1 })
    expect(data.labels).toEqual(['Z', 'a', 'b', 'é'])
    expect([...data.classCounts()]).toEqual(Object.entries({ Z: 3, a: 1, b: 2, é: 1 }))
    expect(data.size).toBe(7)
    expect(data.name).toBe('examples')
  })

  it('counts a label named twice in one example once', () => {
    const data = dataset([
      { input: 1, label: ['a', 'a'] },
      { input: 2, label: [] },
    ])
    expect([...data.classCounts()]).toEqual([['a', 1]])
  })

  it('has no labels for regression', () => {
    const data = dataset([
      { input: 'x', label: 3 },
      { input: 'y', label: -1.5 },
    ])
    expect(data.kind).toBe('regression')
    expect(data.labels).toEqual([])
    expect(data.targets).toEqual([3, -1.5])
    expect(data.inputs).toEqual(['x', 'y'])
  })

  it('does not change with the array it was made from', () => {
    const examples = [
      { input: 1, label: 'a' },
      { input: 2, label: 'b' },
    ]
    const data = dataset(examples)
    examples.pop()
    expect(data.size).toBe(2)
    expect(data.examples).toHaveLength(2)
  })
})

describe('bad labels', () => {
  const name = 'pets.csv'
  it.each([
    ['no examples', [], 'data set "pets.csv": expected at least one example, got none. Add labeled examples.'],
    ['an empty label', ['a', ''], '"" at example 2'],
    ['a blank label', ['a', '  '], '"  " at example 2'],
    ['an empty label in a list', [['a'], ['b', '']], '"" at example 2'],
    ['trailing space', ['cat', 'dog', 'cat '], '"cat" at example 1 and "cat " at example 3'],
    ['leading space in a list', [['cat'], ['dog', '\tcat']], '"cat" at example 1 and "\\tcat" at example 2'],
    ['double space', ['sea  lion', 'sea lion'], '"sea  lion" at example 1 and "sea lion" at example 2'],
    ['mixed kinds', ['a', 'b', 3], 'a class name at example 1 and a number at example 3'],
    ['no kind', ['a', undefined], 'undefined at example 2'],
    ['a list of other things', [['a'], [1]], '[1] at example 2'],
    ['NaN', [1, Number.NaN], 'NaN at example 2'],
    ['infinity', [-Infinity, 1], '-Infinity at example 1'],
  ])('refuses %s', (_, labels, message) => {
    const make = (): unknown => dataset(untyped(labels), { name })
    expect(make).toThrow(DataError)
    expect(make).toThrow(message)
    expect(make).toThrow(/^data set "pets\.csv": /)
  })

  it('keeps a label with spaces that has no other spelling', () => {
    expect(dataset(untyped([' a', 'b c'])).labels).toEqual([' a', 'b c'])
  })
})

describe('split', () => {
  it('keeps the proportions of the classes, rounded as a whole', () => {
    // Quotas of test: 2.4, 2.4, 1.2; 6 in all, so one class of the two with the largest remainder gets one more.
    const { train, test } = classes({ a: 8, b: 8, c: 4 }).split({ test: 0.3, seed: 3 })
    expect([...test.classCounts().values()]).toEqual([3, 2, 1])
    expect([...train.classCounts().values()]).toEqual([5, 6, 3])
    expect([...train.inputs, ...test.inputs].sort((a, b) => a - b)).toEqual([...Array(20).keys()])
  })

  it('has every class with two examples on both sides, and a single one in train', () => {
    for (const fraction of [0.01, 0.2, 0.5, 0.99]) {
      const { train, test } = classes({ common: 200, pair: 2, single: 1 }).split({ test: fraction })
      expect(train.labels).toEqual(['common', 'pair', 'single'])
      expect(test.labels).toEqual(['common', 'pair'])
    }
  })

  it('gives the asked fraction in spite of rounding errors', () => {
    expect(classes({ a: 100, b: 100 }).split({ test: 0.29 }).test.size).toBe(58)
    expect(classes({ a: 500, b: 500 }).split({ test: 0.2 }).test.size).toBe(200)
  })

  it('repeats with the seed and changes with it', () => {
    const data = classes({ a: 30, b: 30 })
    expect(data.split({ test: 0.5, seed: 7 })).toEqual(data.split({ test: 0.5, seed: 7 }))
    expect(data.split({ test: 0.5, seed: 7 }).test.inputs).not.toEqual(data.split({ test: 0.5, seed: 8 }).test.inputs)
    expect(data.split({ test: 0.5 })).toEqual(data.split({ test: 0.5, seed: 0 }))
  })

  it('splits numbers at random', () => {
    const data = dataset(Array.from({ length: 10 }, (_, input) => ({ input, label: input / 2 })))
    const { train, test } = data.split({ test: 0.25 })
    expect([train.size, test.size]).toEqual([7, 3])
    expect(data.split({ test: 0.001 }).test.size).toBe(1)
  })

  it('refuses what cannot be split', () => {
    for (const test of [0, 1, -0.1, 5, Number.NaN]) expect(() => classes({ a: 9 }).split({ test })).toThrow(OptionError)
    expect(() => classes({ a: 1, b: 1 }).split({ test: 0.5 })).toThrow(
      'data set "examples": expected at least two examples of a class to split, got 2 examples. Add examples.',
    )
    expect(() => dataset([{ input: 1, label: 1 }]).split({ test: 0.5 })).toThrow(DataError)
    expect(() => dataset([{ input: 1, label: ['a'] }]).split({ test: 0.5 })).toThrow(DataError)
  })
})

describe('multi-label strata', () => {
  // Label `n` on every n-th example: from common to rare, alone and together; many examples have none.
  const data = dataset(
    Array.from({ length: 240 }, (_, input) => ({
      input,
      label: [2, 3, 5, 8, 40].filter((n) => input % n === 1).map(String),
    })),
  )

  it('splits every label in proportion', () => {
    const { train, test } = data.split({ test: 0.25, seed: 1 })
    expect([train.size, test.size]).toEqual([180, 60])
    for (const [label, count] of data.classCounts()) {
      expect(Math.abs((test.classCounts().get(label) ?? 0) - count / 4)).toBeLessThanOrEqual(1)
    }
  })

  it('gives folds of equal size with equal shares of every label', () => {
    const folds = data.folds(7, 2)
    expect(folds.flat().sort((a, b) => a - b)).toEqual([...data.examples.keys()])
    expect(new Set(folds.map((fold) => fold.length))).toEqual(new Set([34, 35]))
    for (const [label, count] of data.classCounts()) {
      const shares = folds.map((fold) => data.subset(fold).classCounts().get(label) ?? 0)
      expect(Math.max(...shares) - Math.min(...shares), `${label}: ${count} as ${shares}`).toBeLessThanOrEqual(2)
    }
  })

  it('fills both sides even when every label is single', () => {
    const single = dataset(untyped([['a'], ['b'], ['c']]))
    const { train, test } = single.split({ test: 0.2 })
    expect([train.size, test.size]).toEqual([2, 1])
  })
})

describe('folds', () => {
  it('holds out every example once, in equal shares of each class', () => {
    const data = classes({ a: 11, b: 6, c: 3 })
    const folds = data.folds(4, 9)
    expect(folds.flat().sort((a, b) => a - b)).toEqual([...data.examples.keys()])
    expect(folds.map((fold) => fold.length)).toEqual([5, 5, 5, 5])
    for (const label of data.labels) {
      const shares = folds.map((fold) => data.subset(fold).classCounts().get(label) ?? 0)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }
    expect(data.folds(4, 9)).toEqual(folds)
    expect(data.folds(4, 10)).not.toEqual(folds)
  })

  it.each([1, 0, 2.5, 21, Number.NaN])('refuses %d folds of 20 examples', (k) => {
    expect(() => classes({ a: 20 }).folds(k)).toThrow(OptionError)
    expect(() => classes({ a: 20 }).folds(k)).toThrow('from 2 to 20')
  })
})

describe('sample', () => {
  const data = classes({ a: 20, b: 30, c: 16 })

  it('takes the asked number of each class, the smaller sample within the larger', () => {
    const sizes = [1, 4, 8, 16]
    const samples = sizes.map((perClass) => data.sample({ perClass, seed: 5 }))
    samples.forEach((sample, index) => {
      expect([...sample.classCounts().values()]).toEqual(Array(3).fill(sizes[index]))
      const larger = new Set(samples[index + 1]?.inputs ?? sample.inputs)
      expect(sample.inputs.every((input) => larger.has(input))).toBe(true)
    })
    expect(data.sample({ perClass: 4, seed: 6 }).inputs).not.toEqual(samples[1]?.inputs)
  })

  it('names the classes with fewer', () => {
    expect(() => data.sample({ perClass: 25 })).toThrow(
      'data set "examples": expected at least 25 examples of each class, got 20 of "a", 16 of "c". ' +
        'Add examples of these classes or lower perClass.',
    )
  })

  it('refuses other numbers and tasks', () => {
    for (const perClass of [0, -1, 1.5, Number.NaN]) expect(() => data.sample({ perClass })).toThrow(OptionError)
    expect(() => dataset([{ input: 1, label: 2 }]).sample({ perClass: 1 })).toThrow('got regression labels')
  })
})

describe('subset', () => {
  it('takes examples in the given order', () => {
    expect(classes({ a: 3, b: 3 }).subset([4, 0]).inputs).toEqual([4, 0])
  })

  it.each([-1, 6, 0.5])('refuses number %d', (index) => {
    expect(() => classes({ a: 6 }).subset([index])).toThrow(OptionError)
  })
})

describe('groups', () => {
  const copies = Array.from({ length: 12 }, (_, group) =>
    [0, 1, 2].map((copy) => ({ input: `${group}/${copy}`, label: group % 2 ? 'odd' : 'even', group })),
  )
  const singles = [0, 1].map((single) => ({ input: `single ${single}`, label: 'odd' }))
  /** Three copies of each of 12 examples, and two that are in no group. */
  const grouped = dataset<string, string>([...copies.flat(), ...singles])
  const groupsOf = (inputs: readonly string[]): Set<string> =>
    new Set(inputs.map((input) => input.split('/')[0] as string))

  it('stand on one side of a split as a whole', () => {
    for (let seed = 0; seed < 5; seed++) {
      const { train, test } = grouped.split({ test: 0.25, seed })
      expect(train.size + test.size).toBe(grouped.size)
      expect([...groupsOf(test.inputs)].filter((group) => groupsOf(train.inputs).has(group))).toEqual([])
      // A quarter of 8 odd and 6 even ones; what is in no group is one by itself.
      expect([3, 4]).toContain(groupsOf(test.inputs).size)
    }
  })

  it('are in one fold as a whole, and every example in one', () => {
    const folds = grouped.folds(4, 1)
    expect(folds.flat().toSorted((a, b) => a - b)).toEqual([...grouped.examples.keys()])
    const parts = folds.map((rows) => groupsOf(rows.map((row) => grouped.inputs[row] as string)))
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(14)
    for (const part of parts) expect([3, 4]).toContain(part.size)
    expect(() => grouped.folds(15)).toThrow(/from 2 to 14/)
  })

  it('have one representative each, and it keeps its group in a subset', () => {
    expect(grouped.representatives().inputs.slice(0, 2)).toEqual(['0/0', '1/0'])
    expect(grouped.representatives().size).toBe(14)
    expect(grouped.subset([0, 1, 2, 3]).representatives().inputs).toEqual(['0/0', '1/0'])
    const alone = dataset([{ input: 'a', label: 'x' }])
    expect(alone.representatives()).toBe(alone)
  })
})
