import '@headstart/onnx/test'
import { join } from 'node:path'
import { encodeModel } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { madeOnce } from '../../test/made-once.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { lettersLoader, tinyBackbone } from '../../test/tiny-backbone.js'
import { relabeled, tinyDataset } from '../../test/tiny-data.js'
import { tinyTexts } from '../../test/tiny-model.js'
import { OptionError } from '../contract/errors.js'
import type { TrainEvent } from '../contract/progress.js'
import type { Kind, Target } from '../contract/target.js'
import { type Dataset, dataset } from '../data/dataset.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import { fineTune } from './fine-tune.js'
import { loadModel } from '../model/load-model.js'
import type { HeadName } from '../head/head-method-names.js'
import { headMethods } from '../head/head-methods.js'

const cache = false
const names = Object.keys(headMethods) as HeadName[]
const firstHalf = (text: string): number => [...text].filter((letter) => letter < 'n').length
const data: Record<Kind, (perClass: number, seed: number) => Dataset<string, Target>> = {
  classification: tinyDataset as (perClass: number, seed: number) => Dataset<string, Target>,
  'multi-label': (perClass, seed) =>
    relabeled<Target>(perClass, seed, (text, part) => (firstHalf(text) > 5 ? [part, 'first half'] : [part])),
  regression: (perClass, seed) => relabeled<Target>(perClass, seed, firstHalf),
}
const all = names.flatMap((head) => headMethods[head].kinds.map((kind) => [head, kind] as const))
const train = (head: HeadName, kind: Kind, options: FineTuneOptions = {}) =>
  fineTune<string, Target>(tinyBackbone(), data[kind](15, 0), { cache, head, ...options })
/** The same, for those who only look at it. */
const trainOnce = madeOnce(([head, kind]: readonly [HeadName, Kind]) => train(head, kind))

describe('fineTune with a head', () => {
  it.each(all)('%s, learns %s, and says how well on examples held out', async (head, kind) => {
    const model = await trainOnce([head, kind])
    expect(model.recipe).toMatchObject({ strategy: 'head', head, folds: 5 })
    const report = await model.evaluate(data[kind](40, 1), { cache })
    const heldOut = model.validation
    expect(heldOut).toMatchObject({ kind, examples: 45 })
    if (report.kind === 'regression') {
      expect(report.r2).toBeGreaterThan(0.3)
      expect(heldOut).toMatchObject({ r2: expect.closeTo(report.r2, 0) })
    } else {
      expect(report.accuracy).toBeGreaterThan(report.baseline.accuracy + 0.15)
      expect(report.logLoss).toBeLessThan(report.baseline.logLoss)
      expect(Math.abs((heldOut as typeof report).accuracy - report.accuracy)).toBeLessThan(0.15)
    }
  })

  it.each(all)('%s for %s, is saved and loaded, and gives the same answers', async (head, kind) => {
    const saved = await trainOnce([head, kind])
    const folder = join(await temporaryFolder(), 'model')
    await saved.save(folder)
    const loaded = await loadModel<string, Target>(folder, [lettersLoader])
    expect(await loaded.predict(tinyTexts)).toEqual(await saved.predict(tinyTexts))
    expect(loaded.recipe).toEqual(saved.recipe)
    expect(loaded.validation).toEqual(saved.validation)
  })

  it.each(all)('%s for %s, gives the same model, bit for bit, for the same seed', async (head, kind) => {
    const [first, second, other] = [
      await trainOnce([head, kind]),
      await train(head, kind),
      await train(head, kind, { seed: 1 }),
    ]
    expect(Buffer.compare(encodeModel(first.graph()), encodeModel(second.graph()))).toBe(0)
    expect(second.recipe).toEqual(first.recipe)
    expect(second.validation).toEqual(first.validation)
    // The folds are others.
    expect(other.validation).not.toEqual(first.validation)
  })

  it.each(names)('%s, finds a rare class that is given more weight', async (head) => {
    const { examples } = tinyDataset(40, 2)
    const unbalanced = dataset(examples.filter(({ label }, place) => label !== 'early' || place < 15))
    const recall = async (classWeight: 'none' | 'balanced'): Promise<number> => {
      const model = await fineTune(tinyBackbone(), unbalanced, { cache, head, classWeight })
      const { perClass } = await model.evaluate(tinyDataset(60, 3), { cache })
      return perClass.find(({ label }) => label === 'early')?.recall ?? 0
    }
    const [even, balanced] = [await recall('none'), await recall('balanced')]
    expect(balanced).toBeGreaterThan(0.8)
    // Prototypes count alike however many examples they stand for.
    if (head === 'prototype') expect(even).toBe(balanced)
    else expect(even).toBeLessThan(balanced)
  })

  it('nearest, tells how far it is, and can be stopped', async () => {
    const events: TrainEvent[] = []
    await train('nearest', 'classification', { onEvent: (event) => events.push(event) })
    const done = events.flatMap((event) => (event.type === 'cross-validation' ? [event.done / event.total] : []))
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1)).toBe(1)
    const stop = new AbortController()
    const onEvent = ({ type }: TrainEvent): void => (type === 'cross-validation' ? stop.abort() : undefined)
    const stopped = train('nearest', 'classification', { signal: stop.signal, onEvent })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('fineTune refuses a head', () => {
  it.each<[string, Kind, FineTuneOptions, string]>([
    [
      'that cannot answer such questions',
      'regression',
      { head: 'prototype' },
      'head "prototype": expected examples for classification, got examples for regression. Use one of the heads "linear", "nearest".',
    ],
    [
      'that cannot have several labels',
      'multi-label',
      { head: 'prototype' },
      'head "prototype": expected examples for classification, got examples for multi-label.',
    ],
    [
      'that there is not',
      'classification',
      { head: 'oracle' as HeadName },
      'option "head": expected one of "linear", "prototype", "nearest", got "oracle". Leave it out for "linear".',
    ],
    [
      'on a network that is tuned',
      'classification',
      { head: 'nearest', unfreeze: 1 },
      'option "unfreeze": expected the head "linear", got the head "nearest". Leave out one of the two.',
    ],
    [
      'with a strategy of tuning',
      'classification',
      { head: 'prototype', strategy: 'contrastive' },
      'option "strategy": expected the head "linear", got the head "prototype".',
    ],
    [
      'with a penalty that it does not have',
      'classification',
      { head: 'prototype', l2: 0.1 },
      'option "l2": expected the head "linear", got the head "prototype".',
    ],
  ])('%s, before any input is read', async (_, kind, options, message) => {
    const unread = { ...tinyBackbone(), contentKey: () => expect.fail('read'), embed: () => expect.fail('read') }
    const training = fineTune<string, Target>(unread, data[kind](5, 0), { cache, ...options })
    await expect(training).rejects.toThrow(OptionError)
    await expect(training).rejects.toThrow(message)
  })

  it('with one example of a class, which cannot be held out', async () => {
    const training = fineTune(tinyBackbone(), tinyDataset(1), { cache, head: 'nearest' })
    await expect(training).rejects.toThrow(
      'expected at least 2 examples of class "early", to choose the number of neighbors by cross-validation with 2 folds, got 1. Add examples.',
    )
  })
})

describe('fineTune refuses before any input is read', () => {
  const unread = { ...tinyBackbone(), contentKey: () => expect.fail('read'), embed: () => expect.fail('read') }

  it.each<[string, FineTuneOptions]>([
    ['for a head', {}],
    ['for a tuning', { unfreeze: 1 }],
  ])('what there is nothing to tell apart in, %s', async (_, options) => {
    const one = relabeled(5, 0, () => 'all')
    await expect(fineTune(unread, one, { cache, ...options })).rejects.toThrow('examples of at least two classes')
    const none = relabeled<string[]>(5, 0, () => [])
    await expect(fineTune(unread, none, { cache, ...options })).rejects.toThrow('examples with at least one label')
  })

  it('to tune a network that is run by other means', async () => {
    const { network: _, preprocessing: __, ...bare } = unread
    const training = fineTune(bare, tinyDataset(5), { cache, unfreeze: 1 })
    await expect(training).rejects.toThrow('option "unfreeze": expected a backbone whose graph is at hand')
  })
})
