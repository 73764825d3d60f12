import '@headstart/onnx/test'
import { Session } from '@headstart/onnx'
import { encodeModel, decodeModel } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { dataset } from '../src/data/dataset.js'
import { DataError, OptionError } from '../src/contract/errors.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import { linearHead } from '../src/head/head.js'
import { loadModel } from '../src/model/load-model.js'
import { Model } from '../src/model/model.js'
import { zeroShotModel } from '../src/model/zero-shot-model.js'
import { trustOf } from '../src/trust/trust.js'
import { letters, lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyDataset } from './tiny-data.js'
import { tinyModel, tinyTexts } from './tiny-model.js'
import { temporaryFolder } from './temporary-folder.js'

const cache = false
const foreign = ['qqqqqqqqqq', 'ffgghhiijj', 'zzzzzzzz']

describe('what a model does not know', () => {
  it('has no label, and what it is most like', async () => {
    const model = await tinyModel()
    const answers = await model.predict([...foreign, 'abcdeabcde'], { unknown: 0.05 })
    for (const { label, known, nearest, familiarity } of answers) {
      expect(label === undefined).toBe(!known)
      expect(model.labels).toContain(nearest)
      expect(familiarity).toBeLessThanOrEqual(1)
    }
    expect(answers.at(-1)).toMatchObject({ known: true, label: 'early', nearest: 'early' })
    const refused = answers.find(({ known }) => !known)
    expect(model.say(refused as never)).toMatch(/^unknown \(most like \w+, familiarity -?0\.\d{3}\)$/)
    expect(model.answer.safeParse(JSON.parse(JSON.stringify(refused))).error).toBeUndefined()
  })

  it('is what says nothing, however familiar its features are', async () => {
    const plain = tinyBackbone()
    const emptiness = (text: string) => (text.trim() === '' ? 'an empty text' : undefined)
    const backbone = networkBackbone({ ...plain, preprocessing: { ...plain.preprocessing, checks: { emptiness } } })
    const model = await fineTune(backbone, tinyDataset(20), { cache })
    const [empty, other] = await model.predict(['', 'abcde'], { unknown: 0.05 })
    expect(empty).toMatchObject({ known: false, familiarity: expect.any(Number) })
    expect(other).toMatchObject({ known: true })
    // As familiar as to a model that knows nothing of empty texts.
    const [same] = await (await fineTune(plain, tinyDataset(20), { cache })).predict([''], { unknown: 0.05 })
    expect(same?.familiarity).toBe(empty?.familiarity)
  })

  it('is refused more where more may be refused', async () => {
    const model = await tinyModel()
    const { inputs } = tinyDataset(40, 7)
    const refused = async (share: number): Promise<number> =>
      (await model.predict(inputs, { unknown: share })).filter(({ known }) => !known).length / inputs.length
    expect(await refused(0.05)).toBeLessThan(0.15)
    expect(await refused(0.5)).toBeGreaterThan(await refused(0.05))
  })

  it('travels: as the second output of model.onnx, and with the saved folder', async () => {
    const model = await tinyModel()
    const folder = `${await temporaryFolder()}/model`
    await model.save(folder)
    const loaded = await loadModel<string>(folder, [lettersLoader])
    const said = await model.predict(tinyTexts, { unknown: true })
    expect(await loaded.predict(tinyTexts, { unknown: true })).toEqual(said)
    const { prepare, collate } = letters()
    const session = await Session.create(decodeModel(encodeModel(loaded.graph())))
    const results = await session.run(collate(await Promise.all(tinyTexts.map(prepare))))
    expect(Object.keys(results)).toEqual(['probabilities', 'familiarity'])
    expect(results['familiarity']?.dims).toEqual([tinyTexts.length])
    expect(results['familiarity']?.data as Float32Array).toBeAllclose(
      said.map(({ familiarity }) => familiarity),
      { atol: 1e-5 },
    )
  })

  it('is told of several labels and of numbers as well', async () => {
    const several = await fineTune(
      tinyBackbone(),
      relabeled(10, 0, (text, part) => (text.includes('a') ? [part, 'a'] : [part])),
      { cache },
    )
    const [one] = await several.predict(['abcde'], { unknown: 0.05 })
    expect(one).toMatchObject({ known: expect.any(Boolean), nearest: expect.any(String) })
    const numbers = await fineTune(
      tinyBackbone(),
      relabeled(10, 0, (text) => text.length + text.charCodeAt(0)),
      { cache },
    )
    const [two, three] = await numbers.predict(['abcde', 'qqqqqqqq'], { unknown: 0.3 })
    expect(two).toMatchObject({ known: true, value: expect.any(Number), nearest: undefined })
    expect(three).toMatchObject({ known: expect.any(Boolean), familiarity: expect.any(Number) })
  })

  it('is roughly told by few examples, which is said', async () => {
    const notices: string[] = []
    const model = await fineTune(tinyBackbone(), tinyDataset(4), { cache })
    await model.predict(['abc'], {
      unknown: 0.05,
      onEvent: (event) => void (event.type === 'notice' && notices.push(event.message)),
    })
    expect(notices).toEqual([
      expect.stringMatching(/rough threshold: the model has 12 training examples.*19 are needed for 5 %/),
    ])
  })

  it('cannot be told by a model from names, of an older version, or whose examples all look alike', async () => {
    const names = await zeroShotModel<string>(tinyBackbone(), tinyBackbone(), ['early', 'late'])
    await expect(names.predict(['a'], { unknown: 0.05 })).rejects.toThrow(
      /made from names of classes, without examples/,
    )
    const old = await loadModel<string>(new URL('fixtures/saved/own-preprocessing', import.meta.url).pathname, [
      lettersLoader,
    ])
    expect(await old.predict(['abc'])).toHaveLength(1)
    await expect(old.predict(['abc'], { unknown: 0.05 })).rejects.toThrow(DataError)
    await expect(old.predict(['abc'], { unknown: 0.05 })).rejects.toThrow(
      /one saved without what tells it\. Train it again with this version/,
    )
    const alike = dataset([...'1234'].map((input, i) => ({ input, label: i % 2 ? 'x' : 'y' })))
    const blind = await fineTune(tinyBackbone(), alike, { cache, l2: 1 })
    await expect(blind.predict(['a'], { unknown: 0.05 })).rejects.toThrow(/sees no difference/)
  })

  it('refuses a share that is none', async () => {
    const model = await tinyModel()
    await expect(model.predict(['a'], { unknown: 5 })).rejects.toThrow(OptionError)
  })
})

describe('sets of classes', () => {
  it('hold the right one as often as is asked, and are never empty', async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(30), { cache })
    const test = tinyDataset(100, 9)
    const answers = await model.predict(test.inputs, { coverage: 0.95 })
    const covered = answers.filter(({ set }, i) => set?.includes(test.targets[i] as never)).length / test.size
    expect(covered).toBeGreaterThan(0.9)
    for (const { set, label } of answers) expect(set?.[0]).toBe(label)
    expect(answers.some(({ set }) => (set?.length ?? 0) > 1)).toBe(true)
    expect(model.say(answers[0] as never)).toMatch(/\{early/)
  })

  it('are intervals of numbers', async () => {
    const numbers = relabeled(30, 0, (text) => text.charCodeAt(0))
    const model = await fineTune(tinyBackbone(), numbers, { cache })
    const test = relabeled(60, 5, (text) => text.charCodeAt(0))
    const answers = await model.predict(test.inputs, { coverage: 0.8 })
    const inside = answers.filter(({ interval }, i) => {
      const [low, high] = interval as [number, number]
      return low <= (test.targets[i] as number) && (test.targets[i] as number) <= high
    })
    expect(inside.length / test.size).toBeGreaterThan(0.7)
    expect(inside.length / test.size).toBeLessThan(0.92)
  })

  it('are not promised by too few examples, nor where none were held out, nor of several labels', async () => {
    const few = await fineTune(tinyBackbone(), tinyDataset(2), { cache })
    await expect(few.predict(['a'], { coverage: 0.9 })).rejects.toThrow(
      /expected 9 or more training examples that were held out.*got 6/,
    )
    await expect((await tinyModel()).predict(['a'], { coverage: 0.9 })).rejects.toThrow(
      /whose examples were never held out/,
    )
    const several = await fineTune(
      tinyBackbone(),
      relabeled(10, 0, (_, part) => [part]),
      { cache },
    )
    await expect(several.predict(['a'], { coverage: 0.9 })).rejects.toThrow(/for several labels at once/)
  })
})

describe('what is out of scope', () => {
  it('is told by its familiarity, which is measured', async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(20), { cache })
    const strangers = ['qqqqqqqqqq', 'zzzqzz', 'ghfjhg', 'ppqpp', 'hhhhh', 'qpqpqzz']
    const report = await model.evaluate(tinyDataset(20, 3), { cache, outOfScope: strangers })
    expect(report.outOfScope).toMatchObject({ examples: 6, share: 0.05 })
    expect(report.outOfScope?.auroc).toBeGreaterThan(0.7)
    expect(report.outOfScope?.kept).toBeGreaterThan(0.8)
    expect(report.json).toMatchObject({
      outOfScope: {
        auroc: expect.any(Number),
        fpr95: expect.any(Number),
        refused: expect.any(Number),
        kept: expect.any(Number),
      },
      reliability: expect.any(Array),
      riskCoverage: expect.any(Array),
    })
    expect(report.text()).toMatch(/6 out of scope +by familiarity\nAUROC/)
    expect(report.reliability?.reduce((sum, { count }) => sum + count, 0)).toBe(60)
  })

  it('is said to be in scope where it is', async () => {
    const notices: string[] = []
    const model = await fineTune(tinyBackbone(), tinyDataset(20), { cache })
    await model.evaluate(tinyDataset(20, 3), {
      cache,
      outOfScope: tinyDataset(20, 4).inputs,
      onEvent: (event) => void (event.type === 'notice' && notices.push(event.message)),
    })
    expect(notices).toEqual([
      expect.stringMatching(/^What was given as out of scope is as familiar as the data \(AUROC 0\.\d+/),
    ])
  })

  it('needs an input, and a model that can tell', async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(20), { cache })
    await expect(model.evaluate(tinyDataset(5), { cache, outOfScope: [] })).rejects.toThrow(
      /at least one input, got none/,
    )
    const old = await loadModel<string>(new URL('fixtures/saved/own-preprocessing', import.meta.url).pathname, [
      lettersLoader,
    ])
    const test = dataset(old.labels.map((label, i) => ({ input: `abc${i}`, label })))
    expect(await old.evaluate(test, { cache })).toHaveProperty('accuracy')
    await expect(old.evaluate(test, { cache, outOfScope: ['a'] })).rejects.toThrow(/saved without what tells it/)
  })
})

describe('10,000 classes', () => {
  it('are known by their means as few are', async () => {
    const labels = Array.from({ length: 10_000 }, (_, at) => `class ${at}`)
    const sample = (at: number, last: string): string =>
      [...String(at).padStart(4, '0')]
        .map((digit, place) => 'abcdefghijklmnopqrst'.charAt(Number(digit) + 10 * (place % 2)).repeat(7 - place))
        .join('') + last
    const examples = [...'xy'].flatMap((last) => labels.map((label, at) => ({ input: sample(at, last), label })))
    const backbone = tinyBackbone()
    const features = await backbone.embed(examples.map(({ input }) => input))
    const trust = await trustOf({ kind: 'classification', labels, features, examples, heldOut: undefined })
    expect(trust.familiarity).toMatchObject({ means: { rows: 10_000 }, held: { examples: 20_000 } })
    // What is answered is no matter here.
    const weights = { weight: new Float64Array(8 * labels.length), bias: new Float64Array(labels.length) }
    const head = linearHead('classification', labels, weights)
    const { recipe, training } = await tinyModel()
    const model = new Model({ backbone, head, recipe, training, trust })
    const own = Array.from({ length: 20 }, (_, at) => sample(501 * at, 'x'))
    const answers = await model.predict([...own, '....'], { unknown: 0.05 })
    expect(answers.slice(0, -1).filter(({ known }) => known).length).toBeGreaterThanOrEqual(17)
    expect(answers.at(-1)?.known).toBe(false)
  })
})
