import { readdir } from 'node:fs/promises'
import '@headstart/onnx/test'
import { encodeModel } from '@headstart/onnx/kit'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { type Part, relabeled, tinyDataset } from '../../test/tiny-data.js'
import type { Backbone } from '../contract/backbone.js'
import { dataset } from '../data/dataset.js'
import { DataError, OptionError } from '../contract/errors.js'
import { FeatureCache } from '../features/feature-cache.js'
import { fineTune } from './fine-tune.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import type { Model } from '../model/model.js'
import type { TrainEvent } from '../contract/progress.js'
import type { Target } from '../contract/target.js'

const cache = false
const l2 = 0.01
const firstHalf = (text: string): number => [...text].filter((letter) => letter < 'n').length
const kinds = (text: string): ('k' | 'first half')[] => [
  ...(text.includes('k') ? ['k' as const] : []),
  ...(firstHalf(text) > 5 ? ['first half' as const] : []),
]

/** The head's weight matrix, `[featureSize * labels]`. */
function weightOf<Label extends Target>(model: Model<string, Label>): Float32Array {
  return model.head.graph.initializers.get('head.weight')?.data as Float32Array
}

/** The tiny backbone, counting the inputs that it embeds. */
function counting(): { backbone: Backbone<string>; embedded: () => number } {
  const tiny = tinyBackbone()
  let embedded = 0
  const embed: typeof tiny.embed = (inputs, options) => {
    embedded += inputs.length
    return tiny.embed(inputs, options)
  }
  return { backbone: { ...tiny, embed }, embedded: () => embedded }
}

describe('fineTune', () => {
  it('learns classes, and says how well by cross-validation', async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(30), { cache })
    expect(model.labels).toEqual(['early', 'late', 'middle'])
    expect(await model.accuracy(tinyDataset(100, 1), { cache })).toBeGreaterThan(0.85)
    expect(model.recipe).toEqual({
      strategy: 'head',
      head: 'linear',
      seed: 0,
      l2: expect.any(Number),
      folds: 5,
      classWeight: 'none',
      inverseTemperature: expect.any(Number),
    })
    expect(model.training).toEqual({ examples: 90, totals: [30, 30, 30] })
    expect(model.validation).toMatchObject({ kind: 'classification', examples: 90, baseline: { accuracy: 1 / 3 } })
    expect((model.validation as { accuracy: number }).accuracy).toBeGreaterThan(0.85)
  })

  it('says it where nothing learns from inputs without labels', async () => {
    const said: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && said.push(event.message))
    await fineTune(tinyBackbone(), tinyDataset(10), { cache, l2, onEvent, unlabelled: ['some', 'more'] })
    expect(said).toEqual([expect.stringMatching(/^2 inputs without labels are not learned from/)])
  })

  it('says it where cross-validation is no better than the baseline, and only then', async () => {
    const said: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && said.push(event.message))
    await fineTune(tinyBackbone(), tinyDataset(10), { cache, onEvent })
    expect(said).toEqual([])
    let toss = 0
    const coin = relabeled(10, 0, () => (toss++ % 2 === 0 ? 'heads' : 'tails'))
    const model = await fineTune(tinyBackbone(), coin, { cache, onEvent })
    expect((model.validation as { accuracy: number }).accuracy).toBeLessThanOrEqual(0.5)
    expect(said).toEqual([
      expect.stringMatching(/^By cross-validation the model is no better than the baseline: accuracy 0/),
    ])
    const numbers = relabeled(10, 0, () => toss++ % 2)
    await fineTune(tinyBackbone(), numbers, { cache, onEvent })
    expect(said[1]).toMatch(/root mean squared error/)
  })

  it('learns several labels at once', async () => {
    const model = await fineTune(tinyBackbone(), relabeled(30, 0, kinds), { cache })
    const { accuracy, macroF1, baseline } = await model.evaluate(relabeled(60, 1, kinds), { cache })
    expect(model.labels).toEqual(['first half', 'k'])
    expect(accuracy).toBeGreaterThan(baseline.accuracy + 0.2)
    expect(macroF1).toBeGreaterThan(0.7)
  })

  it('learns numbers', async () => {
    const model = await fineTune(tinyBackbone(), relabeled(30, 0, firstHalf), { cache })
    const { r2, mae, baseline } = await model.evaluate(relabeled(60, 1, firstHalf), { cache })
    expect(model.labels).toEqual([])
    expect(r2).toBeGreaterThan(0.6)
    expect(mae).toBeLessThan(0.6 * baseline.mae)
  })

  it('gives the same model, bit for bit, for the same seed', async () => {
    const train = (seed: number) => fineTune(tinyBackbone(), tinyDataset(10), { cache, seed })
    const [first, second, other] = [await train(3), await train(3), await train(4)]
    expect(Buffer.compare(encodeModel(first.graph()), encodeModel(second.graph()))).toBe(0)
    expect(second.recipe).toEqual(first.recipe)
    expect(second.validation).toEqual(first.validation)
    expect(second.backbone.fingerprint).toBe(first.backbone.fingerprint)
    // The folds are others.
    expect(other.validation).not.toEqual(first.validation)
  })

  it('takes the strength of the regularization that it is given', async () => {
    const train = (strength: number) => fineTune(tinyBackbone(), tinyDataset(10), { cache, l2: strength })
    const [weak, strong] = [await train(1e-4), await train(1)]
    const norm = (model: typeof weak): number => Math.hypot(...weightOf(model))
    expect(strong.recipe).toMatchObject({ l2: 1, folds: 0 })
    expect(strong.validation).toBeUndefined()
    expect(norm(strong)).toBeLessThan(norm(weak) / 5)
  })

  describe('with a class weight', () => {
    /** 60 of one class, 6 of the other. */
    const all = tinyDataset(60, 2).examples.filter(({ label }) => label !== 'late')
    const of = (part: Part) => all.filter(({ label }) => label === part)
    const unbalanced = dataset([...of('early').slice(0, 6), ...of('middle')])
    const train = (classWeight: FineTuneOptions['classWeight']) =>
      fineTune(tinyBackbone(), unbalanced, { cache, l2: 0.1, ...(classWeight && { classWeight }) })

    it('"balanced", finds more of the rare class', async () => {
      const test = dataset(tinyDataset(100, 3).examples.filter(({ label }) => label !== 'late'))
      const recall = async (model: Model<string, Part>): Promise<number> =>
        (await model.evaluate(test, { cache })).perClass.find(({ label }) => label === 'early')?.recall ?? 0
      const [even, balanced] = [await train(undefined), await train('balanced')]
      expect(balanced.recipe.classWeight).toBe('balanced')
      expect(await recall(balanced)).toBeGreaterThan((await recall(even)) + 0.1)
    })

    it('by name, does the same as "balanced" with its numbers, and counts 1 for a class left out', async () => {
      const byName = await train({ early: 66 / (2 * 6), middle: 66 / (2 * 60) })
      expect(weightOf(byName)).toEqual(weightOf(await train('balanced')))
      expect(weightOf(await train({ early: 1 }))).toEqual(weightOf(await train('none')))
    })

    it('that is wrong, says so', async () => {
      await expect(train({ early: 0 })).rejects.toThrow('class weight of "early": expected a number above 0, got 0.')
      await expect(train({ early: Number.NaN })).rejects.toThrow(OptionError)
      await expect(train({ erly: 3 })).rejects.toThrow(
        'option "classWeight": expected classes of the data set ("early", "middle"), got "erly".',
      )
      const numbers = fineTune(tinyBackbone(), relabeled(5, 0, firstHalf), { cache, classWeight: 'balanced' })
      await expect(numbers).rejects.toThrow('expected a task with one class per example, got regression')
    })

    it('takes a class that is called as a method of objects', async () => {
      const odd = relabeled(5, 0, (_, part) => (part === 'late' ? 'constructor' : part))
      await expect(fineTune(tinyBackbone(), odd, { cache, l2, classWeight: { early: 2 } })).resolves.toBeDefined()
    })
  })

  it('tells what it does, in order', async () => {
    const events: TrainEvent[] = []
    const onEvent = (event: TrainEvent): void => void events.push(event)
    const { recipe } = await fineTune(tinyBackbone(), tinyDataset(10), { cache, onEvent })
    const types = events.map(({ type }) => type)
    expect(types).toEqual(types.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
    const embedded = events.findLast(({ type }) => type === 'features')
    expect(embedded).toEqual({ type: 'features', done: 30, total: 30, cached: 0 })
    const trials = events.filter((event) => event.type === 'cross-validation')
    expect(trials.map(({ done }) => done)).toEqual(trials.map(({ done }) => done).toSorted((a, b) => a - b))
    expect(trials.at(-1)?.done).toBe(trials.at(-1)?.total)
    const anyNumber: unknown = expect.any(Number)
    expect(events.at(-1)).toEqual({ type: 'head', loss: anyNumber, iterations: anyNumber, l2: recipe.l2 })
  })
  const order = ['notice', 'features', 'cross-validation', 'head']

  it('points out duplicates, and goes on', async () => {
    const events: TrainEvent[] = []
    const { examples } = tinyDataset(10)
    const twice = dataset([...examples, ...examples.slice(0, 2)])
    await fineTune(tinyBackbone(), twice, { cache, l2, onEvent: (event) => events.push(event) })
    expect(events[0]).toEqual({ type: 'notice', message: expect.stringContaining('2 examples repeat an earlier one') })
  })
})

describe('the feature cache of fineTune', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await temporaryFolder()
  })
  const open = () => FeatureCache.open({ directory })

  it('spares the second run the backbone, and changes nothing', async () => {
    const [first, second] = [counting(), counting()]
    const data = tinyDataset(10)
    const one = await fineTune(first.backbone, data, { cache: await open(), l2 })
    const two = await fineTune(second.backbone, data, { cache: await open(), l2 })
    const without = await fineTune(tinyBackbone(), data, { cache, l2 })
    expect([first.embedded(), second.embedded()]).toEqual([30, 0])
    expect(weightOf(two)).toEqual(weightOf(one))
    expect(weightOf(without)).toEqual(weightOf(one))
    // The examples that were trained on are measured without the backbone, too.
    await two.accuracy(data, { cache: await open() })
    expect(second.embedded()).toBe(0)
  })

  it('is not there when it is switched off', async () => {
    const { backbone, embedded } = counting()
    await fineTune(backbone, tinyDataset(5), { cache, l2 })
    await fineTune(backbone, tinyDataset(5), { cache, l2 })
    expect(embedded()).toBe(30)
    expect(await readdir(directory)).toEqual([])
  })
})

describe('fineTune, stopped,', () => {
  it('rejects with the reason before it starts, and touches nothing', async () => {
    const reason = new DOMException('enough', 'AbortError')
    const { backbone, embedded } = counting()
    const directory = await temporaryFolder()
    const options = { cache: await FeatureCache.open({ directory }), signal: AbortSignal.abort(reason) }
    await expect(fineTune(backbone, tinyDataset(5), options)).rejects.toBe(reason)
    expect(embedded()).toBe(0)
    expect(await readdir(directory, { recursive: true })).not.toContainEqual(expect.stringMatching(/\.(segment|tmp)$/))
  })

  it.each(['features', 'cross-validation'] as const)('rejects amid %s, and leaves a whole cache', async (type) => {
    const stop = new AbortController()
    const directory = await temporaryFolder()
    const onEvent = (event: TrainEvent): void => {
      if (event.type === type && event.done > 0) stop.abort()
    }
    const open = () => FeatureCache.open({ directory })
    const stopped = fineTune(tinyBackbone(), tinyDataset(300), { cache: await open(), signal: stop.signal, onEvent })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(directory, { recursive: true })).not.toContainEqual(expect.stringMatching(/\.tmp$/))

    const again = await open()
    const model = await fineTune(tinyBackbone(), tinyDataset(300), { cache: again, l2 })
    expect(again.damaged).toBe(0)
    expect(weightOf(model)).toEqual(weightOf(await fineTune(tinyBackbone(), tinyDataset(300), { cache, l2 })))
  })
})

describe('fineTune refuses', () => {
  const example = (input: string, label: string) => ({ input, label })

  it('examples of one class', async () => {
    const one = dataset([example('a', 'x'), example('b', 'x')], { name: 'reviews.csv' })
    await expect(fineTune(tinyBackbone(), one, { cache })).rejects.toThrow(DataError)
    await expect(fineTune(tinyBackbone(), one, { cache })).rejects.toThrow(
      'data set "reviews.csv": expected examples of at least two classes, got 2 examples, all labeled "x". ' +
        'Add examples of another class.',
    )
  })

  it('lists of labels that are all empty; one label is enough', async () => {
    const none = relabeled<string[]>(5, 0, () => [])
    await expect(fineTune(tinyBackbone(), none, { cache })).rejects.toThrow(
      'expected examples with at least one label, got 15 examples without. Add labels.',
    )
    const one = relabeled<string[]>(5, 0, (_, part) => (part === 'early' ? ['early'] : []))
    const model = await fineTune(tinyBackbone(), one, { cache, l2 })
    expect(Object.keys((await model.predict(['aeiou']))[0]?.probabilities ?? {})).toEqual(['early'])
  })

  it('fewer examples than folds', async () => {
    const few = (perClass: number, folds?: number) =>
      fineTune(tinyBackbone(), tinyDataset(perClass), { cache, ...(folds && { folds }) })
    // Without a number of folds, as many as the smallest class allows.
    expect((await few(3)).recipe.folds).toBe(3)
    await expect(few(1)).rejects.toThrow(
      'data set "examples": expected at least 2 examples of class "early", to choose the regularization by ' +
        'cross-validation with 2 folds, got 1. ' +
        'Add examples, or give the strength of the regularization (l2), such as 0.01.',
    )
    await expect(few(4, 5)).rejects.toThrow('with 5 folds, got 4. Ask for fewer folds, add examples, or give')
    const single = dataset([{ input: 'a', label: 1 }])
    await expect(fineTune(tinyBackbone(), single, { cache })).rejects.toThrow('expected at least 2 examples in all')
    expect((await fineTune(tinyBackbone(), tinyDataset(1), { cache, l2 })).recipe).toMatchObject({ l2, folds: 0 })
  })

  it('labels that contradict each other', async () => {
    const { examples } = tinyDataset(5)
    const contradicting = dataset([...examples, ...examples.map(({ input }) => ({ input, label: 'late' as const }))])
    const training = fineTune(tinyBackbone(), contradicting, { cache })
    await expect(training).rejects.toThrow('expected one label for the same content')
  })

  it.each([{ l2: 0 }, { l2: -1 }, { l2: Number.NaN }, { l2: Infinity }, { folds: 1 }, { folds: 2.5 }])(
    'options out of range: %o',
    async (options) => {
      await expect(fineTune(tinyBackbone(), tinyDataset(5), { cache, ...options })).rejects.toThrow(OptionError)
    },
  )

  it('a backbone that gives features of another width, or none that are finite', async () => {
    const wide: Backbone<string> = { ...tinyBackbone(), featureSize: 9 }
    await expect(fineTune(wide, tinyDataset(5), { cache })).rejects.toThrow(
      'backbone "tiny": expected features of shape [15, 9], got [15, 8]',
    )
    const broken: Backbone<string> = {
      ...tinyBackbone(),
      embed: async ({ length: rows }) => ({ rows, columns: 8, data: new Float32Array(rows * 8).fill(Number.NaN) }),
    }
    await expect(fineTune(broken, tinyDataset(5), { cache })).rejects.toThrow('got NaN for inputs[0]')
  })
})
