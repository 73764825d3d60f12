import { describe, expect, it } from 'vitest'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { tinyExamples } from '../../test/tiny-data.js'
import type { Example } from '../contract/target.js'
import { InputError } from '../contract/errors.js'
import { Dataset, dataset } from '../data/dataset.js'
import { networkBackbone } from '../features/network-backbone.js'
import { checkData } from './check-data.js'
import type { Issue, IssueKind } from './issue.js'

const backbone = tinyBackbone()
/** The same, without what its features take for nearly the same: of eight of them many are. */
const plain = networkBackbone({
  ...backbone,
  preprocessing: { ...backbone.preprocessing, checks: { nearDuplicates: async () => [] } },
})
const cache = false
const ofKind = (issues: readonly Issue[], kind: IssueKind): Issue[] => issues.filter((issue) => issue.kind === kind)

describe('checkData', () => {
  it('finds labels that were changed among the most doubted, and few where none was', async () => {
    const clean = tinyExamples(40)
    const changed = new Set([3, 17, 40, 66, 90, 111])
    const examples = clean.map(({ input, label }, row) => ({
      input,
      label: changed.has(row) ? (label === 'early' ? 'late' : 'early') : label,
    }))
    const { issues, labelDoubts } = await checkData(plain, dataset(examples), { cache })
    const order = [...labelDoubts.keys()].sort((a, b) => (labelDoubts[b] as number) - (labelDoubts[a] as number))
    expect(order.slice(0, 12).filter((row) => changed.has(row)).length).toBeGreaterThanOrEqual(5)
    const wrong = ofKind(issues, 'wrong-label')
    const right = wrong.filter(({ rows: [row = 0] }) => changed.has(row - 1))
    expect(right.length).toBeGreaterThanOrEqual(3)
    expect(right.length).toBeGreaterThan(wrong.length / 2)
    for (const {
      rows: [row = 0],
      labels,
      score,
      advice,
    } of right) {
      expect(labels).toEqual([examples[row - 1]?.label, clean[row - 1]?.label])
      expect(score).toBeCloseTo(labelDoubts[row - 1] as number, 12)
      expect(advice).toMatch(/^Labeled ".+", and by all .*look at it/)
    }
    expect(wrong.map(({ score }) => score)).toEqual(wrong.map(({ score }) => score).sort((a, b) => b - a))
    const untouched = await checkData(plain, dataset(clean), { cache })
    expect(ofKind(untouched.issues, 'wrong-label').length).toBeLessThanOrEqual(0.02 * clean.length)
  })

  it('finds copies, contradictions and what is in the test data as well', async () => {
    const examples = tinyExamples(10)
    const [first, second, third] = examples as [Example<string>, Example<string>, Example<string>]
    const data = dataset<string, string>([...examples, { ...first }, { ...second, label: 'late' }])
    const test = dataset<string, string>([...tinyExamples(2, 9), third])
    const { issues, testExamples } = await checkData(plain, data, { cache, test })
    expect(testExamples).toBe(7)
    expect(ofKind(issues, 'duplicate')).toMatchObject([
      { rows: [1, 31], labels: [first.label], score: 1, input: first.input },
    ])
    expect(ofKind(issues, 'contradiction')).toMatchObject([{ rows: [2, 32], labels: [second.label, 'late'], score: 1 }])
    expect(ofKind(issues, 'leak')).toMatchObject([{ rows: [3], testRows: [7], score: 1 }])
  })

  it('asks the kind of input what is nearly the same, empty, and known beside the content', async () => {
    const { network, preprocessing } = tinyBackbone()
    const checked = networkBackbone({
      id: 'tiny',
      modality: 'text',
      network,
      preprocessing: {
        ...preprocessing,
        prepare: (text: string) => {
          if (text === '#') throw new InputError('"#"', 'letters', 'none', 'Leave it out.')
          return preprocessing.prepare(text)
        },
        checks: {
          nearDuplicates: async () => [{ a: 0, b: 3, likeness: 0.8 }],
          emptiness: (text: string) => (text === '' ? 'an empty text' : undefined),
          traits: async (text: string) => ({ ending: text.slice(-1) }),
          picture: async () => 'data:image/png;base64,AA==',
        },
      },
    })
    const examples = tinyExamples(8).map(({ input, label }) => ({ input: `${input}${label.charAt(0)}`, label }))
    const data = dataset<string, string>([...examples, { input: '', label: 'late' }, { input: '#', label: 'late' }])
    const result = await checkData(checked, data, { cache })
    expect(ofKind(result.issues, 'near-duplicate')).toMatchObject([{ rows: [1, 4], score: 0.8 }])
    expect(ofKind(result.issues, 'unreadable')).toMatchObject([
      { rows: [26], advice: '"#": expected letters, got none. Leave it out.' },
      { rows: [25], advice: expect.stringMatching(/^It is an empty text/) },
    ])
    expect(ofKind(result.issues, 'giveaway')).toMatchObject([{ labels: ['ending'], rows: [] }])
    expect(await result.page()).toContain('<img class="small" src="data:image/png;base64,AA==" alt="" />')
  })

  it('says of names and columns what gives labels away, is spelled in two ways, means nothing, or has few examples', async () => {
    const examples = tinyExamples(8).map((example): Example<string> => ({ ...example }))
    const named = (row: number, label: string): void =>
      void (examples[row] = { ...(examples[row] as Example<string>), label })
    named(0, 'Early ')
    named(1, 'NaN')
    named(2, 'rare')
    named(5, 'rare')
    const data = new Dataset<string, string>(examples, { distinctNames: false })
    const columns = new Map([
      ['source', examples.map(({ label }) => label.trim().toLowerCase())],
      ['row', examples.map((_, row) => String(row))],
    ])
    const { issues, json } = await checkData(backbone, data, { cache, columns })
    expect(ofKind(issues, 'label-name').map(({ labels, rows }) => [labels, rows])).toEqual([
      [['early', 'Early '], [1]],
      [['NaN'], [2]],
    ])
    expect(ofKind(issues, 'small-class').map(({ labels, rows }) => [labels, rows])).toEqual([
      [['Early '], [1]],
      [['NaN'], [2]],
      [['rare'], [3, 6]],
    ])
    expect(ofKind(issues, 'giveaway')).toEqual([])
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({ kind: 'classification', examples: 24, issues })
    expect(
      ofKind(
        (
          await checkData(backbone, dataset(tinyExamples(8)), {
            cache,
            columns: new Map([['part', tinyExamples(8).map(({ label }) => `part ${label}`)]]),
          })
        ).issues,
        'giveaway',
      ),
    ).toMatchObject([{ labels: ['part'], score: 1 }])
  })

  it.each([
    ['two examples of a class', tinyExamples(2), 0],
    ['one example', tinyExamples(1).slice(0, 1), 1],
    ['one class', tinyExamples(10).filter(({ label }) => label === 'late'), 1],
    [
      'features that are all alike',
      tinyExamples(5).map(({ label }, row) => ({ input: '.'.repeat(row + 1), label })),
      1,
    ],
  ])('takes %s, and says what it cannot tell', async (_, examples, notes) => {
    const result = await checkData(backbone, dataset<string, string>(examples), { cache })
    expect(result.notes).toHaveLength(notes)
    expect(result.text()).toMatch(new RegExp(`^${examples.length} examples? of `))
  })

  it('looks for all but labels where they are several or numbers', async () => {
    const copies = [...tinyExamples(5), ...tinyExamples(1)]
    for (const data of [
      dataset(copies.map(({ input, label }) => ({ input, label: [label, 'any'] }))),
      dataset(copies.map(({ input }) => ({ input, label: input.length }))),
    ]) {
      const { issues, notes, labelDoubts } = await checkData<string, never>(plain, data as never, { cache })
      expect(ofKind(issues, 'duplicate')).toHaveLength(3)
      expect(notes).toEqual([expect.stringMatching(/not checked.*(multi-label|regression)/)])
      expect(labelDoubts.every((doubt) => doubt === null)).toBe(true)
    }
  })

  it('takes 10,000 classes', async () => {
    const examples = Array.from({ length: 10_000 }, (_, row) => {
      const code = [...String(row).padStart(5, '0')]
      return { input: code.map((digit) => 'abcdefghij'.charAt(Number(digit))).join(''), label: `class ${row}` }
    })
    const { labels, issues, labelDoubts, notes } = await checkData(plain, dataset(examples), { cache })
    expect(labels).toHaveLength(10_000)
    expect(ofKind(issues, 'small-class')).toHaveLength(10_000)
    expect(labelDoubts.every((doubt) => doubt === null)).toBe(true)
    expect(notes).toEqual([expect.stringMatching(/takes two classes of at least two/)])
  })

  it('writes a page that shows what stands in data as text', async () => {
    const bad = '<script>alert(1)</script>'
    const data = dataset([
      ...tinyExamples(5).map((one): Example<string> => ({ ...one })),
      { input: bad, label: bad },
      { input: bad, label: bad },
    ])
    const page = await (await checkData(backbone, data, { cache })).page()
    expect(page).toContain('&#60;script&#62;alert(1)')
    expect(page).not.toContain('<script')
    expect(page).toMatch(/default-src &#39;none&#39;/)
  })
})
