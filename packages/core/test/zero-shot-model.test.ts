import '@headstart/onnx/test'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './temporary-folder.js'
import { lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { compare } from '../src/compare/compare.js'
import { dataset } from '../src/data/dataset.js'
import { backboneLearner, namesLearner } from '../src/compare/backbone-learner.js'
import { drawsPerClass } from '../src/compare/draws-per-class.js'
import { startRun } from '../src/contract/run.js'
import { loadModel } from '../src/model/load-model.js'
import { rowOf } from '../src/contract/matrix.js'
import { zeroShotModel } from '../src/model/zero-shot-model.js'

const backbone = tinyBackbone()
const labels = ['zebra', 'ant', 'sea_lion']

describe('zeroShotModel', () => {
  it('answers with softmax of 20 times the cosine to each name', async () => {
    const model = await zeroShotModel(backbone, backbone, labels)
    expect(model.labels).toEqual(['ant', 'sea_lion', 'zebra'])
    const features = await backbone.embed(['ants', 'ant', 'sea lion', 'zebra'])
    const [input = [], ...names] = [0, 1, 2, 3].map((row) => rowOf(features, row))
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      Array.from(a).reduce((sum, value, place) => sum + value * (b[place] as number), 0)
    const scores = names.map((name) =>
      Math.exp((20 * dot(input, name)) / Math.sqrt(dot(input, input) * dot(name, name))),
    )
    const sum = scores.reduce((total, score) => total + score, 0)
    const [answer] = await model.predict(['ants'])
    expect(Object.values(answer?.probabilities ?? {})).toBeAllclose(
      scores.map((score) => score / sum),
      { atol: 1e-5 },
    )
    expect((await model.predict(['ant', 'sea lion', 'zebra'])).map(({ label }) => label)).toEqual([
      'ant',
      'sea_lion',
      'zebra',
    ])
  })

  it('puts names into a template', async () => {
    const model = await zeroShotModel(backbone, backbone, ['ant', 'zebra'], { template: 'a photo of a {label}' })
    expect(await model.predict(['a photo of a zebra'])).toEqual([expect.objectContaining({ label: 'zebra' })])
    expect(model.recipe).toMatchObject({ strategy: 'zero-shot', template: 'a photo of a {label}' })
  })

  it('is saved and loaded as any other', async () => {
    const model = await zeroShotModel(backbone, backbone, labels)
    const folder = join(await temporaryFolder(), 'model')
    await model.save(folder)
    const again = await loadModel<string>(folder, [lettersLoader])
    expect(await again.predict(['ants', 'lion'])).toEqual(await model.predict(['ants', 'lion']))
    expect(again.recipe).toEqual(model.recipe)
    const report = await again.evaluate(
      dataset([
        { input: 'ant', label: 'ant' },
        { input: 'zebra', label: 'zebra' },
      ]),
      { cache: false },
    )
    expect(report).toMatchObject({ accuracy: 1, baseline: { logLoss: expect.closeTo(Math.log(3), 6) } })
  })

  it.each([
    [['ant'], {}, /labels: expected two or more different names, got "ant"/],
    [['ant', 'ant '], {}, /got "ant", "ant "/],
    [['ant', ''], {}, /got "ant", ""/],
    [['ant', 'zebra'], { template: 'a photo' }, /expected a text with \{label\} in it, got "a photo"/],
  ])('refuses %j %j', async (names, options, message) => {
    await expect(zeroShotModel(backbone, backbone, names, options)).rejects.toThrow(message)
  })

  it('refuses names in another space', async () => {
    const other = { ...tinyBackbone(), featureSize: 4, id: 'other' }
    await expect(zeroShotModel(backbone, other, labels)).rejects.toThrow(
      /backbone "other": expected names in the 8 features of "tiny", got 4/,
    )
  })

  it('is a row of a comparison, without examples', async () => {
    const words = (label: string) =>
      ['', 's', ' man', ' woman', ' is', ' was', 's are', ' here', ' there', '!'].map((end) => ({
        input: label + end,
        label,
      }))
    const learners = [
      namesLearner((labels) => zeroShotModel(backbone, backbone, labels)),
      backboneLearner<string, string>({ name: 'frozen', description: 'tiny', backbone: () => backbone }),
    ]
    const protocol = drawsPerClass<string, string>(backbone, { shots: [2], draws: 2 })
    const data = dataset<string, string>([...words('ant'), ...words('zebra')])
    const comparison = await compare({ data, learners, protocol }, startRun({ cache: false }))
    expect(comparison.rows.map(({ learner, columns, draws }) => [learner, columns, draws])).toEqual([
      ['zero-shot', { shots: 0 }, 1],
      ['frozen', { shots: 2 }, 2],
    ])
    expect(comparison.rows[0]?.test.mean).toBeGreaterThan(0.5)
    expect(comparison.text()).toMatch(
      /0 per class +zero-shot +\d\.\d{3} ± 0\.000.*\n2 per class +frozen[^]*over 2 draws/,
    )
  })
})
