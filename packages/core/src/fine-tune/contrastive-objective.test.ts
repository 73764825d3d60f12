import '@headstart/onnx/test'
import { Session } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { layeredBackbone } from '../../test/layered-backbone.js'
import { tinyDataset } from '../../test/tiny-data.js'
import { contrastiveObjective } from './contrastive-objective.js'
import { type CutExample, CutTensors } from './cut-tensors.js'
import { encodeTargets } from '../head/head.js'
import { rowOf } from '../contract/matrix.js'
import { splitNetwork } from './split-network.js'

const backbone = layeredBackbone()
const data = tinyDataset(3)
const weights = Float64Array.from(data.inputs, (_, row) => 1 + (row % 3))

/** The objective on all examples, and how to get its loss for some of them. */
async function contrast() {
  const split = splitNetwork(backbone.network, 'all')
  const cut = await CutTensors.open(backbone, split, undefined)
  const examples = (await cut.read(data.inputs)) as CutExample<unknown>[]
  const costs = examples.map(({ cost }) => cost)
  const features = await backbone.embed(data.inputs)
  const objective = contrastiveObjective({
    tuned: split.tuned,
    data: {
      kind: data.kind,
      cut: cut as CutTensors<unknown>,
      examples,
      costs,
      lengths: [0],
      features,
      targets: encodeTargets(data.targets, data.labels),
      weights,
      l2: 1,
    },
    rows: [...data.inputs.keys()],
    head: { weight: new Float64Array(0), bias: new Float64Array(0) },
  })
  const session = await Session.create(objective.graph)
  const loss = async (rows: readonly number[], size: number): Promise<number> => {
    const longest = rows.reduce((a, b) => ((costs[b] as number) > (costs[a] as number) ? b : a))
    const result = await session.run(await objective.feeds({ rows, longest }, size))
    return Number(result[objective.loss]?.data[0])
  }
  return { features, loss }
}

describe('contrastiveObjective', () => {
  it('is how unlikely examples find those of their class among the others, by weight', async () => {
    const { features, loss } = await contrast()
    const rows = [0, 1, 3, 4, 6, 7, 8]
    const cosine = (a: number, b: number): number => {
      const [x, y] = [rowOf(features, a), rowOf(features, b)]
      return x.reduce((sum, value, i) => sum + value * (y[i] as number), 0) / (Math.hypot(...x) * Math.hypot(...y))
    }
    let [expected, total] = [0, 0]
    for (const i of rows) {
      const others = rows.filter((j) => j !== i)
      const alike = others.filter((j) => data.targets[j] === data.targets[i])
      const sum = others.reduce((all, j) => all + Math.exp(cosine(i, j) / 0.1), 0)
      const mean = alike.reduce((all, j) => all - Math.log(Math.exp(cosine(i, j) / 0.1) / sum) / alike.length, 0)
      expected += (weights[i] as number) * mean
      total += weights[i] as number
    }
    expect([await loss(rows, rows.length)]).toBeAllclose([expected / total], { rtol: 1e-4 })
  })

  it('takes no notice of rows that fill a batch up, and nothing of classes with a single example', async () => {
    const { loss } = await contrast()
    expect([await loss([0, 1, 3, 4], 7)]).toBeAllclose([await loss([0, 1, 3, 4], 4)], { rtol: 1e-5 })
    const one = data.targets[0]
    expect(await loss([0, data.targets.findIndex((label) => label !== one)], 2)).toBeCloseTo(0)
  })
})
