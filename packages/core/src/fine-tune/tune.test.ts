import '@headstart/onnx/test'
import { Session } from '@headstart/onnx'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { layeredBackbone, maskedLettersLoader } from '../../test/layered-backbone.js'
import { madeOnce } from '../../test/made-once.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { type Part, relabeled, tinyDataset } from '../../test/tiny-data.js'
import type { Backbone, TunableBackbone } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'
import { dataset } from '../data/dataset.js'
import { withKnowledge } from '../features/with-knowledge.js'
import { marks } from '../../test/marks-knowledge.js'
import { FeatureCache } from '../features/feature-cache.js'
import { fineTune } from './fine-tune.js'
import type { FineTuneOptions } from './fine-tune-options.js'
import { loadModel } from '../model/load-model.js'
import type { Model } from '../model/model.js'
import type { EpochEvent, TrainEvent } from '../contract/progress.js'
import type { Target } from '../contract/target.js'

const cache = false
const fast: FineTuneOptions = { cache, unfreeze: 'all', learningRate: 0.03, epochs: 8, batchSize: 16, l2: 1e-4 }
const train = tinyDataset(20)
const test = tinyDataset(100, 1)

/** What one tuning gives, and what it said. */
async function tuned<Label extends Target>(
  options: FineTuneOptions,
  data: Parameters<typeof fineTune<string, Label>>[1],
  backbone: TunableBackbone<string> = layeredBackbone(),
): Promise<{ model: Model<string, Label>; events: TrainEvent[]; epochs: EpochEvent[]; notices: string[] }> {
  const events: TrainEvent[] = []
  const model = await fineTune(backbone, data, { ...fast, ...options, onEvent: (event) => events.push(event) })
  const epochs = events.filter((event) => event.type === 'epoch')
  return { model, events, epochs, notices: events.flatMap((event) => (event.type === 'notice' ? [event.message] : [])) }
}

/** The same on `train`, for those who only look at it. */
const tunedOnce = madeOnce((options: FineTuneOptions) => tuned(options, train))
const frozenOnce = madeOnce((options: FineTuneOptions) => fineTune(layeredBackbone(), train, { cache, ...options }))

/** Names of the backbone's weights that a tuning has changed. */
function changed({ backbone }: { readonly backbone: Backbone<string> }): string[] {
  const { initializers } = (backbone as TunableBackbone<string>).network.graph
  const before = layeredBackbone().network.graph.initializers
  return [...initializers]
    .filter(([name, { data }]) => String(data) !== String(before.get(name)?.data))
    .map(([name]) => name)
}

describe('tuning', () => {
  it('is better than the frozen backbone where there is something to gain', async () => {
    const frozen = await frozenOnce({})
    const { model, epochs } = await tunedOnce({ unfreeze: 'all' })
    expect(await model.accuracy(test, { cache })).toBeGreaterThan((await frozen.accuracy(test, { cache })) + 0.05)
    expect(model.recipe).toMatchObject({
      strategy: 'joint',
      unfreeze: 'all',
      learningRate: 0.03,
      epochs: 8,
      lora: null,
      validationRuns: 3,
    })
    expect(model.describe().text()).toContain('Tuned as well as the head: all of the network.')
    // A run for each fold, and one on all examples for as many epochs as were best.
    expect(new Set(epochs.map(({ run }) => run))).toEqual(new Set([1, 2, 3, 4]))
    // Eight epochs, of which every second one is assessed.
    expect(
      epochs.filter(({ run, validationLoss }) => run === 1 && validationLoss !== undefined).map(({ epoch }) => epoch),
    ).toEqual([2, 4, 6, 8])
    const last = epochs.filter(({ run }) => run === 4)
    expect(last.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: Number(model.recipe['epoch']) }, (_, index) => index + 1),
    )
    expect(last.every(({ validationLoss }) => validationLoss === undefined)).toBe(true)
    expect(epochs.at(-1)?.loss).toBeLessThan((epochs[0]?.loss ?? 0) / 2)
    expect(model.validation).toMatchObject({ kind: 'classification', examples: 60 })
  })

  it.each([
    [1, ['pooling']],
    [2, ['hidden', 'pooling']],
    ['all', ['table', 'hidden', 'pooling']],
  ] as const)('of %s stages changes their weights and no others', async (unfreeze, stages) => {
    const { model } = await tunedOnce({ unfreeze })
    expect(changed(model).map((name) => name.split('.')[0])).toEqual(expect.arrayContaining([...stages]))
    expect(changed(model).every((name) => stages.some((stage) => name.startsWith(stage)))).toBe(true)
  })

  it.each<[string, FineTuneOptions]>([
    ['gradually', { gradual: true }],
    ['with low-rank updates', { lora: { rank: 2 } }],
    ['by contrast', { strategy: 'contrastive' }],
    ['by contrast, with low-rank updates', { strategy: 'contrastive', lora: { rank: 2, alpha: 4 }, epochs: 12 }],
    ['on a share held out', { validation: 0.3 }],
    ['in batches larger than the data', { batchSize: 1000, epochs: 20 }],
    ['in batches of one', { batchSize: 1, learningRate: 0.01, epochs: 3 }],
  ])('%s learns as well', async (_, options) => {
    const { model } = await tunedOnce(options)
    expect(await model.accuracy(test, { cache })).toBeGreaterThan(0.8)
  })

  it('tells what is familiar by networks that had not seen the examples', async () => {
    const { model } = await tunedOnce({})
    const { held, means, power } = model.trust.familiarity ?? {}
    expect(held?.examples).toBe(60)
    expect([means?.rows, power]).toEqual([model.labels.length, expect.any(Number)])
    const fresh = await model.predict(test.inputs, { unknown: 0.1 })
    expect(fresh.filter(({ known }) => !known).length / test.size).toBeLessThan(0.25)
  })

  it('leaves biases to full tuning: low-rank updates are of matrices alone, those of the chosen names', async () => {
    expect(changed((await tunedOnce({ lora: { rank: 2 } })).model).sort()).toEqual(['hidden.weight', 'pooling.weight'])
    const { model } = await tuned({ lora: { rank: 2, weights: (name) => name.startsWith('hidden') } }, train)
    expect(changed(model)).toEqual(['hidden.weight'])
  })

  const firstHalf = (text: string): number => 1000 * [...text].filter((letter) => letter < 'n').length
  it.each<[string, (text: string, part: Part) => Target]>([
    ['multi-label', (text, part) => (text.includes('a') ? [part, 'has a'] : [part])],
    ['regression', firstHalf],
  ])('%s', async (kind, label) => {
    const data = relabeled<Target>(30, 0, label)
    const held = relabeled<Target>(60, 1, label)
    const frozen = await (await fineTune(layeredBackbone(), data, { cache })).evaluate(held, { cache })
    const { model } = await tuned({ epochs: 15 }, data)
    const report = await model.evaluate(held, { cache })
    expect(model.recipe.strategy).toBe('joint')
    if (kind === 'regression')
      expect((report as { r2: number }).r2).toBeGreaterThan((frozen as unknown as { r2: number }).r2 + 0.1)
    else expect((report as { microF1: number }).microF1).toBeGreaterThan((frozen as { microF1: number }).microF1)
  })

  it('gives the same model, bit for bit, for the same seed, with a cache or without', async () => {
    const open = async () => FeatureCache.open({ directory: await temporaryFolder() })
    const shared = await open()
    const models = [encodeModel((await tunedOnce({ unfreeze: 2 })).model.graph())]
    for (const options of [{ cache: shared }, { cache: shared }, { seed: 3 }]) {
      models.push(encodeModel((await tuned({ unfreeze: 2, ...options }, train)).model.graph()))
    }
    const [first, ...others] = models as [Uint8Array, ...Uint8Array[]]
    expect(others.map((other) => Buffer.compare(first, other) === 0)).toEqual([true, true, false])
  })

  it('counts what a class weight says', async () => {
    const recall = async (classWeight: Record<string, number>): Promise<number> => {
      const { model } = await tuned({ classWeight, epochs: 3 }, train)
      return (await model.evaluate(test, { cache })).perClass.find(({ label }) => label === 'early')?.recall ?? 0
    }
    expect(await recall({ early: 10 })).toBeGreaterThan(await recall({ early: 0.1 }))
  })
})

describe('a tuned model', () => {
  it('is saved and read as any other; onnxruntime alone gives its answers', async () => {
    const { model } = await tunedOnce({ unfreeze: 2 })
    const folder = `${await temporaryFolder()}/model`
    await model.save(folder)
    const again = await loadModel<string, Part>(folder, [maskedLettersLoader])
    expect(again.recipe).toEqual(model.recipe)
    expect(again.backbone.fingerprint).toBe(model.backbone.fingerprint)
    expect(again.validation).toEqual(model.validation)
    const texts = ['abcde', 'klmno', 'vwxyz', '']
    expect(await again.predict(texts)).toEqual(await model.predict(texts))

    const { preprocessing } = model.backbone as TunableBackbone<string>
    const session = await Session.create(decodeModel(encodeModel(again.graph()), 'model.onnx'))
    const prepared = await Promise.all(texts.map((text) => preprocessing.prepare(text)))
    const { probabilities } = await session.run(preprocessing.collate(prepared))
    await session.close()
    const expected = (await model.predict(texts)).flatMap((one) => Object.values<number>(one.probabilities))
    expect(probabilities?.data as Float32Array).toBeAllclose(expected, { atol: 1e-5 })
  })

  it('has features of its own in the cache', async () => {
    const shared = await FeatureCache.open({ directory: await temporaryFolder() })
    const { model } = await tuned({ cache: shared }, train)
    expect(model.backbone.fingerprint).not.toBe(layeredBackbone().fingerprint)
    const accuracy = await model.accuracy(train, { cache: shared })
    expect(accuracy).toBe(await model.accuracy(train, { cache }))
  })
})

describe('the frozen part', () => {
  it('runs once for each example, for the head and the tuning together, and not at all the second time', async () => {
    const directory = await temporaryFolder()
    /** Examples that are collated: with all but the pooling frozen and no cache, those of the frozen part and the masks. */
    const collated = async (): Promise<number> => {
      let count = 0
      const backbone = layeredBackbone()
      const collate = (batch: readonly unknown[]) => {
        count += batch.length
        return backbone.preprocessing.collate(batch)
      }
      const counting: TunableBackbone<string> = { ...backbone, preprocessing: { ...backbone.preprocessing, collate } }
      const shared = await FeatureCache.open({ directory })
      await fineTune(counting, train, { ...fast, cache: shared, unfreeze: 1 })
      return count
    }
    const [first, second] = [await collated(), await collated()]
    // Each of the 60 was looked at for its shape, run, and put into a batch for the features: nothing else differs.
    expect(first - second).toBe(60 + 60 + 60)
  })
})

describe('protection', () => {
  it('returns the head alone, and says so, where tuning does not help on what is held out', async () => {
    const noise = relabeled(12, 3, (text) => ((text.codePointAt(4) ?? 0) % 2 === 0 ? 'even' : 'odd'))
    const { model, notices } = await tuned({ epochs: 3, l2: 1 }, noise)
    expect(model.recipe.strategy).toBe('head')
    expect(changed(model)).toEqual([])
    expect(notices.at(-1)).toMatch(
      /^Fine-tuning did not help on the examples held out: loss \d.*, frozen \d.*\. The model is the frozen backbone/,
    )
  })

  it.each<FineTuneOptions>([{ learningRate: 1e6 }, { learningRate: 1e6, validation: 0.3 }, { learningRate: 1e30 }])(
    'of a learning rate far too high: %o',
    async (options) => {
      const frozen = await frozenOnce({ l2: 1e-4 })
      const { model, notices } = await tuned(options, train)
      expect(model.recipe.strategy).toBe('head')
      expect(notices.at(-1)).toContain('The model is the frozen backbone with its head.')
      expect(await model.predict(['abc'])).toEqual(await frozen.predict(['abc']))
    },
  )

  it('returns the frozen network with what is known beside it, and says so, where that answers better', async () => {
    const { examples, labels } = train
    const marked = dataset(
      examples.map(({ input, label }) => ({ input: input + '!'.repeat(labels.indexOf(label)), label })),
    )
    const notices: string[] = []
    const { l2: _, ...options } = fast
    const model = await fineTune(withKnowledge(layeredBackbone(), [marks()]), marked, {
      ...options,
      epochs: 4,
      onEvent: (event) => void (event.type === 'notice' && notices.push(event.message)),
    })
    expect(model.recipe).toMatchObject({ strategy: 'head', knowledge: { marks: expect.any(Number) } })
    expect(notices).toContainEqual(
      expect.stringMatching(
        /^The examples held out have a loss of \S+ by the tuned network, .* with marks beside it: the model is the frozen one\.$/,
      ),
    )
  })

  it('tells the step and what to try where the loss is no number', async () => {
    const { notices } = await tuned({ learningRate: 1e38 }, train)
    expect(notices.join('\n')).toMatch(
      /The tuning stopped at step \d+: its (loss|gradient) is (NaN|Infinity)\. Try a lower learningRate than 1e\+38\./,
    )
  })

  it('ends early when the held-out loss rises, with the weights before', async () => {
    const { epochs, model } = await tuned(
      { validation: 0.4, epochs: 60, patience: 2, learningRate: 0.2 },
      tinyDataset(8, 5),
    )
    expect(epochs.length).toBeLessThan(60)
    const losses = epochs.map(({ validationLoss }) => validationLoss ?? 0)
    expect(model.recipe['epoch']).toBe(losses.indexOf(Math.min(...losses)) + 1)
  })
})

describe('tuning refuses', () => {
  it.each<[string, FineTuneOptions, string]>([
    [
      'more stages than there are',
      { unfreeze: 4 },
      'option "unfreeze": expected a whole number from 1 to 3 or "all": the network has the stages "embedding", "hidden", "pooling", got 4.',
    ],
    ['half a stage', { unfreeze: 0.5 }, 'got 0.5'],
    [
      'no epochs',
      { epochs: 0 },
      'option "epochs": expected a whole number from 1 on, got 0. To train a head alone, leave out',
    ],
    ['a batch of none', { batchSize: 0 }, 'option "batchSize"'],
    ['a learning rate of 0', { learningRate: 0 }, 'option "learningRate": expected a number above 0, got 0'],
    ['a learning rate that is none', { learningRate: Number.NaN }, 'got NaN'],
    ['a negative weight decay', { weightDecay: -1 }, 'option "weightDecay": expected a number from 0 on, got -1'],
    ['to learn faster below', { depthDecay: 0.5 }, 'option "depthDecay": expected a number from 1 on, got 0.5'],
    ['no patience', { patience: 0 }, 'option "patience"'],
    ['all examples held out', { validation: 1 }, 'option "validation": expected a share above 0 and below 1, got 1'],
    ['a rank of 0', { lora: { rank: 0 } }, 'option "lora.rank"'],
    [
      'a rank above all matrices',
      { lora: { rank: 9 } },
      'option "lora": expected matrices of the unfrozen stages with both sides of 9 or more, got none',
    ],
  ])('%s', async (_, options, message) => {
    const tuning = tuned(options, train)
    await expect(tuning).rejects.toThrow(OptionError)
    await expect(tuning).rejects.toThrow(message)
  })

  it('to contrast what has no classes', async () => {
    const numbers = relabeled(5, 0, (text) => text.length)
    await expect(tuned({ strategy: 'contrastive' }, numbers)).rejects.toThrow(
      'strategy "contrastive": expected a task with one class per example',
    )
  })

  it('a backbone without its graph', async () => {
    const { network: _, preprocessing: __, ...frozen } = tinyBackbone()
    await expect(fineTune(frozen, train, { unfreeze: 1 })).rejects.toThrow(
      'expected a backbone whose graph is at hand, got "tiny"',
    )
  })

  it('stages below an operator without a derivative, and says which can be unfrozen', async () => {
    await expect(tuned({ unfreeze: 'all' }, train, layeredBackbone({ hidden: 'Hardmax' }))).rejects.toThrow(
      'option "unfreeze": expected at most 1 of the stages of "layered": "pooling", got all; the influence of "hidden.weight" ' +
        'is one that ends in Hardmax: its output changes in jumps only. Use unfreeze: 1, or another export of the network.',
    )
    await expect(tuned({ unfreeze: 1 }, train, layeredBackbone({ pooling: 'Hardmax' }))).rejects.toThrow(
      'expected none of the stages of "layered", got 1; the influence of "pooling.weight" is one that ends in Hardmax',
    )
  })
})
