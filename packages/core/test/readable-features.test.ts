import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { tinyBackbone } from './tiny-backbone.js'
import { temporaryFolder } from './temporary-folder.js'
import type { TunableBackbone } from '../src/contract/backbone.js'
import { backboneLearner } from '../src/compare/backbone-learner.js'
import { drawsPerClass } from '../src/compare/draws-per-class.js'
import { startRun } from '../src/contract/run.js'
import { compare } from '../src/compare/compare.js'
import { dataset, type Dataset } from '../src/data/dataset.js'
import { DataError, InputError } from '../src/contract/errors.js'
import { FeatureCache } from '../src/features/feature-cache.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { rowOf } from '../src/contract/matrix.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import type { TrainEvent } from '../src/contract/progress.js'
import { readableFeatures } from '../src/features/readable-features.js'

/** The tiny backbone over files that may be gone ("lost ...") or damaged ("torn ..."), which only `prepare` notices. */
function fragileBackbone(): TunableBackbone<string> {
  const { network, preprocessing } = tinyBackbone()
  const refuse = (text: string, beginning: string): string => {
    if (!text.startsWith(beginning)) return text
    throw new InputError(`"${text}"`, 'a text that can be read', `a ${beginning} one`, 'Leave it out.')
  }
  return networkBackbone({
    id: 'fragile',
    modality: 'text',
    network,
    threads: 1,
    preprocessing: {
      ...preprocessing,
      contentKey: async (text) => refuse(text, 'lost'),
      prepare: (text) => preprocessing.prepare(refuse(text, 'torn')),
    },
  })
}

const animals = ['a cat sat', 'the cat ate', 'one cat ran', 'cats at last', 'that cat', 'a fat cat']
const machines = ['diesel engine', 'the iron piston', 'oily pinions', 'open the lid', 'pipe of iron', 'one big piston']
const examples = [...animals, ...machines].map((input) => ({
  input,
  label: animals.includes(input) ? 'cat' : 'engine',
}))
const bad = ['torn cat', 'lost cat', 'lost engine'].map((input) => ({ input, label: input.split(' ')[1] as string }))

function some(...parts: { input: string; label: string }[]): Dataset<string, string> {
  return dataset(parts, { name: 'files' })
}

function collecting(): { onEvent: (event: TrainEvent) => void; notices: string[] } {
  const notices: string[] = []
  return { notices, onEvent: (event) => event.type === 'notice' && notices.push(event.message) }
}

const saysWhich = [
  'data set "files": 3 of 15 inputs cannot be read and are left out:',
  '"lost cat": expected a text that can be read, got a lost one. Leave it out.',
  '"lost engine": expected a text that can be read, got a lost one. Leave it out.',
  '"torn cat": expected a text that can be read, got a torn one. Leave it out.',
].join('\n  ')

describe('readableFeatures', () => {
  it('keeps the examples that can be read, with their features, and says which cannot', async () => {
    const { onEvent, notices } = collecting()
    const [first, ...others] = examples
    const data = some(...bad.slice(0, 1), first as (typeof examples)[0], ...bad.slice(1), ...others)
    const read = await readableFeatures(fragileBackbone(), data, { cache: undefined, onEvent })
    expect(read.data.examples).toEqual(examples)
    const sound = await tinyBackbone().embed(examples.map(({ input }) => input))
    examples.forEach((_, row) => expect(rowOf(read.features, row)).toBeAllclose(rowOf(sound, row), { atol: 1e-6 }))
    expect(notices).toEqual([saysWhich])
  })

  it('names five of many', async () => {
    const { onEvent, notices } = collecting()
    const lost = Array.from({ length: 8 }, (_, i) => ({ input: `lost ${i}`, label: 'cat' }))
    await readableFeatures(fragileBackbone(), some(...examples, ...lost), { cache: undefined, onEvent })
    expect(notices[0]?.split('\n')).toHaveLength(7)
    expect(notices[0]).toMatch(/^data set "files": 8 of 20 inputs .*\n {2}and 3 more$/s)
  })

  it('refuses data of which nothing can be read', async () => {
    const reading = readableFeatures(fragileBackbone(), some(...bad), { cache: undefined })
    await expect(reading).rejects.toThrow(DataError)
    await expect(reading).rejects.toThrow(/expected inputs that can be read, got none of 3; the first: "lost cat"/)
  })
})

describe('inputs that cannot be read', () => {
  it.each(['with', 'without'])('are left out of training and evaluation, %s a cache', async (which) => {
    const cache = which === 'with' ? await FeatureCache.open({ directory: await temporaryFolder() }) : false
    const sound = await fineTune(fragileBackbone(), some(...examples), { cache })
    for (let run = 0; run < 2; run++) {
      const { onEvent, notices } = collecting()
      const model = await fineTune(fragileBackbone(), some(...examples, ...bad), { cache, onEvent })
      expect(model.head).toEqual(sound.head)
      expect(model.training.examples).toBe(12)
      expect(notices).toEqual([saysWhich])
      const report = await model.evaluate(some(...examples, ...bad), { cache, onEvent })
      expect(report).toEqual(await sound.evaluate(some(...examples), { cache }))
      expect(await model.accuracy(some(...examples, ...bad), { cache })).toBe(report.accuracy)
      expect(notices).toEqual([saysWhich, saysWhich, expect.stringMatching(/^All 12 .* were trained on as well/)])
    }
  })

  it('may leave too little to train on', async () => {
    const training = fineTune(fragileBackbone(), some(...examples.slice(0, 6), ...bad.slice(2)), { cache: false })
    await expect(training).rejects.toThrow(/expected .* of class "engine".*got 1/)
    const two = bad.slice(2).concat({ input: 'torn engine', label: 'engine' })
    const without = fineTune(fragileBackbone(), some(...examples.slice(0, 6), ...two), { cache: false })
    await expect(without).rejects.toThrow(
      'expected examples of at least two classes, got 6 examples, all labeled "cat"',
    )
  })

  it('have no answer, or end the work', async () => {
    const model = await fineTune(fragileBackbone(), some(...examples), { cache: false })
    const inputs = ['torn cat', 'a cat sat', 'lost cat']
    const told: [number, string][] = []
    const answers = await model.predict(inputs, { onUnreadable: (index, { got }) => told.push([index, got]) })
    expect(answers).toEqual([undefined, (await model.predict(['a cat sat']))[0], undefined])
    expect(told.toSorted()).toEqual([
      [0, 'a torn one'],
      [2, 'a lost one'],
    ])
    await expect(model.predict(inputs)).rejects.toThrow(InputError)
    await expect(model.predict(['torn cat'])).rejects.toThrow(InputError)
  })

  it('are left out of a comparison, and said once', async () => {
    const { onEvent, notices } = collecting()
    const cache = await FeatureCache.open({ directory: await temporaryFolder() })
    const backbone = fragileBackbone()
    const learner = backboneLearner<string, string>({
      name: 'frozen',
      description: 'fragile',
      backbone: () => backbone,
    })
    const protocol = drawsPerClass(backbone, { shots: [4], draws: 3, test: some(...examples, ...bad) })
    const plan = { data: some(...examples), learners: [learner], protocol }
    const { json, rows } = await compare(plan, startRun({ cache, onEvent }))
    expect(json).toMatchObject({ testExamples: 12 })
    expect(rows[0]?.test.mean).toBeGreaterThan(0.5)
    expect(notices.filter((message) => message.includes('3 of 15 inputs cannot be read'))).toHaveLength(1)
  })
})
