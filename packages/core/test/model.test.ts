import { readdir } from 'node:fs/promises'
import '@headstart/onnx/test'
import { Session, type Tensors } from '@headstart/onnx'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { letters, tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyDataset } from './tiny-data.js'
import { tinyModel, tinyTexts } from './tiny-model.js'
import { temporaryFolder } from './temporary-folder.js'
import type { Backbone } from '../src/contract/backbone.js'
import { dataset } from '../src/data/dataset.js'
import { DataError, InputError, OptionError } from '../src/contract/errors.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import type { ClassPrediction, ValuePrediction } from '../src/contract/prediction.js'
import type { TrainEvent } from '../src/contract/progress.js'
import type { Target } from '../src/contract/target.js'

afterEach(() => vi.unstubAllEnvs())

const cache = false
const l2 = 0.01
const count = (text: string): number => text.length + (text.codePointAt(0) ?? 0) / 100

/** What the user of an `.onnx` file does, in any language: prepare the input, run the graph. */
async function runAlone(bytes: Uint8Array, texts: readonly string[]): Promise<Tensors> {
  const session = await Session.create(decodeModel(bytes))
  const { prepare, collate } = letters()
  return session.run(collate(await Promise.all(texts.map(prepare))))
}

describe('Model', () => {
  it('predicts a class and the probability of each, which sum to 1, in the order of the inputs', async () => {
    const model = await tinyModel()
    const predictions = await model.predict(tinyTexts)
    expect(predictions.map(({ label }) => label).slice(1, 4)).toEqual(['early', 'middle', 'late'])
    for (const { label, probability, probabilities } of predictions) {
      expect(Object.keys(probabilities)).toEqual(['early', 'late', 'middle'])
      expect(probabilities[label]).toBe(probability)
      expect(probability).toBe(Math.max(...Object.values(probabilities)))
      expect(Object.values(probabilities).reduce((sum, p) => sum + p)).toBeCloseTo(1, 5)
    }
    const reversed = await model.predict(tinyTexts.toReversed())
    expect(reversed.map(({ label }) => label)).toEqual(predictions.map(({ label }) => label).toReversed())
    expect(await model.predict([])).toEqual([])
  })

  it('answers a single input, and names by its number what is none', async () => {
    const model = await tinyModel()
    expect(await model.predict('abcedarian')).toEqual(await model.predict(['abcedarian']))
    const odd = [undefined, 'a', 42] as string[]
    await expect(model.predict(odd)).rejects.toThrow(/^input 1 of 3: expected a text, got undefined\./)
    await expect(model.predict(odd.slice(1))).rejects.toThrow(/^input 2 of 2: expected a text, got 42\./)
    await expect(model.predict(42 as never)).rejects.toThrow(OptionError)
    const [none, answer, number] = await model.ask(odd)
    expect([none, number]).toEqual([expect.any(InputError), expect.any(InputError)])
    expect(answer).toHaveProperty('label')
  })

  it('keeps features that it measures with, not those that it predicts with', async () => {
    const directory = await temporaryFolder()
    vi.stubEnv('HEADSTART_CACHE', directory)
    const model = await tinyModel()
    await model.predict(tinyTexts)
    expect(await readdir(directory)).toEqual([])
    const cached: number[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'features' && cached.push(event.cached))
    for (let time = 0; time < 2; time++) await model.evaluate(tinyDataset(2), { onEvent })
    expect([cached[0], cached.at(-1)]).toEqual([0, 6])
  })

  it('measures accuracy as evaluate does', async () => {
    const model = await tinyModel()
    const test = tinyDataset(40, 5)
    const report = await model.evaluate(test, { cache })
    const predictions = await model.predict(test.inputs)
    const right = predictions.filter(({ label }, index) => label === test.targets[index]).length
    expect(report).toMatchObject({ kind: 'classification', examples: 120, accuracy: right / 120 })
    expect(await model.accuracy(test, { cache })).toBe(right / 120)
    expect(report.confusion.labels).toEqual(['early', 'late', 'middle'])
  })

  it('measures on a part of its classes', async () => {
    const early = dataset(tinyDataset(10, 5).examples.filter(({ label }) => label === 'early'))
    const report = await (await tinyModel()).evaluate(early, { cache })
    expect(report.perClass.map(({ support }) => support)).toEqual([10, 0, 0])
  })

  it('refuses to be measured on other labels or another task', async () => {
    const model = await tinyModel()
    const odd = dataset(
      [
        { input: 'a', label: 'early' },
        { input: 'b', label: 'EARLY' },
      ],
      { name: 'test.csv' },
    )
    const unknown = 'data set "test.csv": expected labels that the model knows: "early", "late", "middle", got "EARLY".'
    await expect(model.evaluate(odd as never, { cache })).rejects.toThrow(DataError)
    await expect(model.evaluate(odd as never, { cache })).rejects.toThrow(unknown)
    await expect(model.accuracy(odd as never, { cache })).rejects.toThrow(unknown)
    const numbers = relabeled(5, 0, count)
    const kind = 'data set "examples": expected examples for classification, got examples for regression.'
    await expect(model.evaluate(numbers as never, { cache })).rejects.toThrow(kind)
  })

  it('has an accuracy where there is one class per example', async () => {
    const numbers = relabeled(5, 0, count)
    const model = await fineTune(tinyBackbone(), numbers, { cache, l2 })
    await expect(model.accuracy(numbers, { cache })).rejects.toThrow(
      'data set "examples": expected examples of one class each, got examples for regression. Use evaluate.',
    )
  })

  it.each<[string, (text: string, part: string) => Target]>([
    ['classification', (_, part) => part],
    ['multi-label', (text, part) => (text.includes('a') ? [part, 'has a'] : [part])],
    ['regression', count],
  ])('%s: its graph alone gives the same answers', async (kind, label) => {
    const model = await fineTune(tinyBackbone(), relabeled<Target>(10, 0, label), { cache, l2 })
    const results = await runAlone(encodeModel(model.graph()), tinyTexts)
    const predictions: readonly Partial<ClassPrediction<string> & ValuePrediction>[] = await model.predict(tinyTexts)
    const expected = predictions.flatMap(({ probabilities, value = 0 }) => Object.values(probabilities ?? { value }))
    const [name, result] = Object.entries(results)[0] ?? []
    expect(model.kind).toBe(kind)
    expect(name).toBe(kind === 'regression' ? 'value' : 'probabilities')
    expect(result?.data as Float32Array).toBeAllclose(expected, { atol: 1e-5 })
  })

  it('has no graph, and cannot be saved, where its backbone has none', async () => {
    const { network: _, preprocessing: __, ...frozen } = tinyBackbone()
    const model = await fineTune(frozen as Backbone<string>, tinyDataset(5), { cache, l2 })
    expect(await model.predict(['abcde'])).toHaveLength(1)
    expect(() => model.graph()).toThrow('model on backbone "tiny": expected a backbone whose graph is at hand, got one')
    await expect(model.save(await temporaryFolder())).rejects.toThrow(DataError)
  })

  it('stops when its signal aborts', async () => {
    const model = await tinyModel()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(model.predict(tinyTexts, { signal })).rejects.toThrow('enough')
    await expect(model.evaluate(tinyDataset(5), { signal, cache })).rejects.toThrow('enough')
  })
})
