import '@headstart/onnx/test'
import { GraphBuilder, Session, type Tensors } from '@headstart/onnx'
import { connect, decodeModel } from '@headstart/onnx/kit'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { marks, marksLoader, names } from '../../test/marks-knowledge.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { lettersLoader, tinyBackbone } from '../../test/tiny-backbone.js'
import { tinyDataset } from '../../test/tiny-data.js'
import type { ColumnKnowledge, NetworkKnowledge } from '../contract/knowledge.js'
import { DataError } from '../contract/errors.js'
import { type Dataset, dataset } from '../data/dataset.js'
import type { TrainEvent } from '../contract/progress.js'
import { withKnowledge } from '../features/with-knowledge.js'
import { exportModel } from '../model/export-model.js'
import { knowledgeLoader } from '../model/knowledge-loader.js'
import { loadModel } from '../model/load-model.js'
import { fineTune } from './fine-tune.js'

const cache = false
const loaders = [lettersLoader, knowledgeLoader([lettersLoader], [marksLoader])]

/** The network's first stage behind its features, as nodes of its graph. */
const firstStage: NetworkKnowledge<string> = {
  name: 'embedding',
  doubt: () => -100,
  widen(backbone) {
    const { graph, stages } = backbone.network
    const g = new GraphBuilder('wider', { opsets: Object.fromEntries(graph.opsets) })
    const parts = ['features', 'inner'].map((name) => g.input(name, 'float32', ['batch', 8]))
    g.output('both', g.op('Concat', parts, { axis: 1 }), 'float32', ['batch', 16])
    return backbone.withNetwork({
      graph: connect(graph, g.build(), { features: 'encoding', inner: 'embedding' }),
      stages: stages.map((stage) => (stage.output === 'encoding' ? { ...stage, output: 'both' } : stage)),
    })
  },
}

/** Texts whose class their marks alone give away. */
function marked(perClass: number, seed = 0): Dataset<string> {
  const { examples } = tinyDataset(perClass, seed)
  return dataset(
    examples.map(({ input }, index) => ({
      input: index % 2 ? `${input}!` : input,
      label: index % 2 ? 'loud' : 'quiet',
    })),
  )
}

describe('knowledge beside the network', () => {
  it('is taken where held-out examples gain by it, and said', async () => {
    const events: TrainEvent[] = []
    const backbone = withKnowledge(tinyBackbone(), [marks('noise'), marks()])
    const train = marked(8)
    const model = await fineTune(backbone, train, { cache, onEvent: (event) => events.push(event) })
    const alone = await fineTune(tinyBackbone(), train, { cache })
    expect(model.recipe.knowledge).toEqual({ marks: expect.any(Number) })
    expect(await model.accuracy(marked(40, 1), { cache })).toBe(1)
    expect(await alone.accuracy(marked(40, 1), { cache })).toBeLessThan(0.7)
    expect(events).toContainEqual({
      type: 'notice',
      message: 'Held-out examples gain by what stands beside the network: marks.',
    })
    expect(model.describe().json['knowledge']).toEqual(model.recipe.knowledge)
    expect(model.describe().text()).toContain('Beside the network: marks.')
  })

  it('is left out where they do not, and the model is that of the network alone, bit for bit', async () => {
    const train = tinyDataset(8)
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), train, { cache })
    const alone = await fineTune(tinyBackbone(), train, { cache })
    expect(model.recipe).toEqual(alone.recipe)
    expect(model.head.graph.initializers.get('head.weight')).toEqual(alone.head.graph.initializers.get('head.weight'))
  })

  it('is left out where it is asked for', async () => {
    const backbone = withKnowledge(tinyBackbone(), [marks()])
    const model = await fineTune(backbone, marked(8), { cache, knowledge: 'none' })
    expect(model.recipe.knowledge).toBeUndefined()
    expect(model.backbone.featureSize).toBe(8)
  })

  it.each([{ head: 'nearest' }, { head: 'prototype' }, { l2: 0.1 }] as const)('is taken with %o', async (options) => {
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), marked(8), { cache, ...options })
    expect(model.recipe.knowledge).toEqual({ marks: expect.any(Number) })
    expect(await model.accuracy(marked(40, 1), { cache })).toBeGreaterThan(0.9)
    expect(model.alone?.graph.inputs[0]?.dims?.at(-1)).toBe(8)
    if ('l2' in options) expect(model.recipe).toMatchObject({ l2: 0.1, folds: 0 })
  })

  it('is not chosen where a penalty is given because there is nothing to hold out', async () => {
    const few = dataset([
      { input: 'ab!', label: 'loud' },
      { input: 'ab', label: 'quiet' },
    ])
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), few, { cache, l2: 0.1 })
    expect(model.recipe.knowledge).toBeUndefined()
  })

  it('is taken for several labels, and for numbers', async () => {
    const { examples } = marked(8)
    const backbone = withKnowledge(tinyBackbone(), [marks()])
    const labels = await fineTune(
      backbone,
      dataset(examples.map(({ input, label }) => ({ input, label: label === 'loud' ? ['loud'] : [] }))),
      { cache },
    )
    const numbers = await fineTune(
      backbone,
      dataset(examples.map(({ input }, row) => ({ input, label: input.endsWith('!') ? 2 : (row % 3) / 10 }))),
      { cache },
    )
    for (const { recipe, kind } of [labels, numbers]) expect([kind, recipe.knowledge]).toEqual([kind, { marks: 1 }])
    const [loud, quiet] = await numbers.predict(['abc!', 'abc'])
    expect((loud?.value as number) - (quiet?.value as number)).toBeGreaterThan(1)
  })

  it('is saved with the model, which answers the same', async () => {
    const folder = await temporaryFolder()
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), marked(8), { cache })
    await model.save(folder)
    await using loaded = await loadModel<string>(folder, loaders)
    const inputs = marked(10, 3).inputs
    expect(await loaded.predict(inputs)).toEqual(await model.predict(inputs))
    expect(loaded.recipe).toEqual(model.recipe)
    expect(loaded.backbone.fingerprint).toBe(model.backbone.fingerprint)
    // And again, saved from what was loaded.
    await loaded.save(`${folder}/again`)
    await using again = await loadModel<string>(`${folder}/again`, loaders)
    expect(await again.predict(inputs)).toEqual(await model.predict(inputs))
  })

  it('has its columns as inputs of the network, which gives the same', async () => {
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), marked(8), { cache })
    const { preprocessing } = model.backbone as ReturnType<typeof tinyBackbone>
    const inputs = marked(10, 3).inputs
    const feeds = preprocessing.collate(await Promise.all(inputs.map((input) => preprocessing.prepare(input))))
    expect(Object.keys(feeds)).toEqual(['letters', 'knowledge/marks'])
    await using session = await Session.create(model.graph())
    const { probabilities } = await session.run(feeds as Tensors)
    const answers = (await model.predict(inputs)).flatMap((answer) => Object.values(answer.probabilities))
    expect(probabilities?.data).toBeAllclose(answers, { rtol: 1e-5, atol: 1e-6 })
  })

  it('is exported as further inputs of one file, with what makes them; Transformers.js has none, which is said', async () => {
    const folder = await temporaryFolder()
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), marked(8), { cache })
    await exportModel(model, 'onnx', `${folder}/model.onnx`)
    const { inputs, metadata } = decodeModel(await readFile(`${folder}/model.onnx`), 'model.onnx')
    expect(inputs.map(({ name }) => name)).toEqual(['letters', 'knowledge/marks'])
    expect(metadata.get('headstart.marks.txt')).toBe('marks')
    // No pipeline reads letters at all.
    await expect(exportModel(model, 'transformers', `${folder}/js`)).rejects.toThrow(DataError)
  })

  it('learns from the names of classes, which are never held out', async () => {
    const train = tinyDataset(3)
    // Names that are of one kind with the texts of the classes.
    const texts: Record<string, string> = { early: 'aabbccddee', middle: 'kkllmmnnoo', late: 'uuvvwwxxyy' }
    const named = { ...names, doubt: () => -1, exampleOf: (label: string) => texts[label] }
    const model = await fineTune(withKnowledge(tinyBackbone(), [named]), train, { cache })
    expect(model.recipe.knowledge).toEqual({ 'class names': 1 })
    expect(model.validation).toMatchObject({ examples: 9 })
    expect(model.training.examples).toBe(9)
  })

  it('is chosen by as many examples of each class, where a share would have too few of some', async () => {
    const { examples } = marked(200)
    const rare = ['aaa', 'bbb', 'ccc'].map((input) => ({ input: `${input}!!!`, label: 'rare' }))
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), dataset([...examples, ...rare]), { cache })
    expect(model.recipe.knowledge).toEqual({ marks: expect.any(Number) })
  })

  it('is not tried with a thousand classes, which is said', async () => {
    const letters = 'abcdefghij'
    const many = Array.from({ length: 2000 }, (_, row) => ({
      input: [row, row / 2, row / 20, row / 200].map((place) => letters[Math.floor(place) % 10]).join(''),
      label: `class ${row >> 1}`,
    }))
    const notices: string[] = []
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks(), names]), dataset(many), {
      cache,
      l2: 0.1,
      onEvent: (event) => void (event.type === 'notice' && notices.push(event.message)),
    })
    expect(model.labels).toHaveLength(1000)
    expect(notices).toEqual([
      'What could stand beside the network (marks, class names) was not tried: 1000 classes are too many to choose it by 512 examples.',
    ])
  })

  it('goes by what classes are called, where their labels are ids, and again when it learns more', async () => {
    const { examples, labels } = tinyDataset(3)
    const [texts, names] = [
      ['aabbccddee', 'kkllmmnnoo', 'uuvvwwxxyy'],
      ['early', 'middle', 'late'],
    ]
    const ids = dataset(examples.map(({ input, label }) => ({ input, label: String(names.indexOf(label)) })))
    const asked: (readonly string[])[] = []
    const named = {
      name: 'class names',
      doubt: (called: readonly string[]) => (asked.push(called), -1),
      exampleOf: (label: string) => texts[names.indexOf(label)],
    }
    const options = { cache, keep: true, names: { 0: 'early', 1: 'middle', 2: 'late' } } as const
    const model = await fineTune(withKnowledge(tinyBackbone(), [named]), ids, options)
    expect(model.recipe).toMatchObject({ knowledge: { 'class names': 1 }, names: options.names })
    expect([model.labels, labels.length]).toEqual([['0', '1', '2'], 3])
    const extended = await model.extend([{ input: 'aaaaa', label: '0' }], { cache })
    expect(extended.recipe).toMatchObject({ knowledge: { 'class names': 1 }, names: options.names })
    expect(asked).toEqual([names, names])
    const notices: string[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'notice' && notices.push(event.message))
    await fineTune(tinyBackbone(), ids, { cache, names: options.names, onEvent })
    expect(notices).toContain('Names of classes are not learned from: beside tiny is nothing that could.')
    await expect(fineTune(tinyBackbone(), ids, { cache, names: { 3: 'never' } })).rejects.toThrow(
      'option "names": expected labels of the data set ("0", "1", "2"), got "3". Correct it, or leave it out.',
    )
  })

  it('is chosen by some of many examples, of a class for which there are enough', async () => {
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), marked(200), { cache })
    expect(model.recipe.knowledge).toEqual({ marks: expect.any(Number) })
    expect(await model.accuracy(marked(20, 1), { cache })).toBe(1)
  })

  it('stands beside the network for many labels and many examples, which are solved in their span', async () => {
    const letters = [...'abcdefghij']
    const texts = letters.flatMap((letter) =>
      letters.flatMap((other) => [3, 4, 5].map((times) => ({ letter, text: letter.repeat(times) + other }))),
    )
    const data = dataset(
      texts.flatMap(({ letter, text }) => [
        { input: text, label: letter },
        { input: `${text}!`, label: `loud ${letter}` },
      ]),
    )
    expect([data.size, data.labels.length]).toEqual([600, 20])
    const model = await fineTune(withKnowledge(tinyBackbone(), [marks()]), data, { cache })
    const alone = await fineTune(tinyBackbone(), data, { cache })
    expect(model.recipe.knowledge).toEqual({ marks: expect.any(Number) })
    expect((model.validation as { accuracy: number }).accuracy).toBeGreaterThan(
      (alone.validation as { accuracy: number }).accuracy + 0.3,
    )
    expect(await model.accuracy(data, { cache })).toBeGreaterThan((await alone.accuracy(data, { cache })) + 0.3)
  })

  it('learns from inputs without labels where held-out examples gain by it, and only there', async () => {
    const given: (readonly string[])[] = []
    const knowing = (name: (unlabelled: readonly string[]) => 'marks' | 'noise'): ColumnKnowledge<string> => ({
      name: 'from more',
      fit(texts, unlabelled) {
        given.push(unlabelled)
        return marks(name(unlabelled)).fit(texts, unlabelled)
      },
    })
    const more = ['so much!', 'more']
    const gaining = withKnowledge(tinyBackbone(), [knowing((texts) => (texts.length > 0 ? 'marks' : 'noise'))])
    const model = await fineTune(gaining, marked(8), { cache, unlabelled: more })
    expect(given).toEqual([[], more])
    expect(model.recipe.knowledge).toEqual({ 'from more': expect.any(Number) })
    expect(await model.accuracy(marked(20, 1), { cache })).toBe(1)
    const losing = withKnowledge(tinyBackbone(), [knowing((texts) => (texts.length > 0 ? 'noise' : 'marks'))])
    const without = await fineTune(losing, marked(8), { cache, unlabelled: more })
    expect(await without.accuracy(marked(20, 1), { cache })).toBe(1)
  })

  it('can be more of the network itself, which its parts stand beside', async () => {
    const folder = await temporaryFolder()
    const backbone = withKnowledge(tinyBackbone(), [firstStage, marks(), firstStage])
    const model = await fineTune(backbone, marked(8), { cache })
    expect(model.recipe.knowledge).toEqual({ embedding: 1, marks: expect.any(Number) })
    expect(model.backbone.featureSize).toBe(8 + 8 + 2)
    // The head of the network alone is one of all that the network gives; what is familiar is told by its features.
    expect(model.alone?.graph.inputs[0]?.dims?.at(-1)).toBe(16)
    expect(model.trust.familiarity?.means.columns).toBe(8)
    expect(await model.accuracy(marked(40, 1), { cache })).toBe(1)
    await model.save(folder)
    await using loaded = await loadModel<string>(folder, loaders)
    const inputs = marked(10, 3).inputs
    expect(await loaded.predict(inputs, { unknown: 0.05 })).toEqual(await model.predict(inputs, { unknown: 0.05 }))
  })

  it('is no more of the network for many examples, for those that are kept and for other heads', async () => {
    const backbone = withKnowledge(tinyBackbone(), [firstStage])
    for (const [train, options] of [
      [marked(600), {}],
      [marked(8), { keep: true }],
      [marked(8), { head: 'nearest' }],
    ] as const) {
      const model = await fineTune(backbone, train, { cache, ...options })
      expect(model.recipe.knowledge).toBeUndefined()
      expect(model.backbone.featureSize).toBe(8)
    }
  })

  it('counts what is doubtful less, and takes what is expected in doubt', async () => {
    const doubting = (nats: number): ColumnKnowledge<string> => ({ ...marks('noise'), doubt: () => nats })
    const taken = async (nats: number) =>
      (await fineTune(withKnowledge(tinyBackbone(), [doubting(nats)]), marked(4), { cache })).recipe.knowledge
    expect(await taken(100)).toBeUndefined()
    expect(await taken(-100)).toEqual({ noise: expect.any(Number) })
  })
})
