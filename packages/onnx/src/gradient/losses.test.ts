import { describe, expect, it } from 'vitest'
import { gradientFixtures, tensorOf } from '../../test/gradient-fixtures.js'
import { openSession, runGraph } from '../../test/run-graph.js'
import { GraphBuilder } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { float32, type Tensor } from '../graph/tensor.js'
import { checkGradient, randomTensor } from '../test/index.js'
import { differentiate } from './differentiate.js'
import {
  infoNce,
  type LossGraph,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type SupervisedLossGraph,
} from './losses.js'

/** A graph that puts out what it is given. */
function passing(...names: string[]): Graph {
  const g = new GraphBuilder('network', { opsets: { '': 14 } })
  for (const name of names) g.output(`${name}_out`, g.input(name, 'float32', ['n', 4]), 'float32', ['n', 4])
  return g.build()
}

const logits = 'logits_out'
const classWeights = [0.5, 2, 1, 1.5]
const cases: Record<string, () => LossGraph & Partial<SupervisedLossGraph>> = {
  softmaxCrossEntropy: () => softmaxCrossEntropy(passing('logits'), { logits }),
  'softmaxCrossEntropy, short batch': () => softmaxCrossEntropy(passing('logits'), { logits }),
  'softmaxCrossEntropy, class weights': () => softmaxCrossEntropy(passing('logits'), { logits, classWeights }),
  'softmaxCrossEntropy, label smoothing': () => softmaxCrossEntropy(passing('logits'), { logits, labelSmoothing: 0.2 }),
  'softmaxCrossEntropy, both, short batch': () => {
    return softmaxCrossEntropy(passing('logits'), { logits, classWeights, labelSmoothing: 0.2 })
  },
  sigmoidCrossEntropy: () => sigmoidCrossEntropy(passing('logits'), { logits }),
  'sigmoidCrossEntropy, short batch': () => sigmoidCrossEntropy(passing('logits'), { logits }),
  meanSquaredError: () => meanSquaredError(passing('logits'), { predictions: logits }),
  'meanSquaredError, short batch': () => meanSquaredError(passing('logits'), { predictions: logits }),
  infoNce: () =>
    infoNce(passing('anchors', 'positives'), { anchors: 'anchors_out', positives: 'positives_out', temperature: 0.5 }),
  'infoNce, short batch': () => {
    return infoNce(passing('anchors', 'positives'), {
      anchors: 'anchors_out',
      positives: 'positives_out',
      temperature: 0.5,
    })
  },
}

describe('losses', () => {
  it.each(Object.keys(gradientFixtures.losses))('%s agrees with PyTorch', async (name) => {
    const { inputs, parameters, loss, gradients } = gradientFixtures.losses[
      name
    ] as (typeof gradientFixtures.losses)[string]
    const made = cases[name]?.() as LossGraph
    const feeds = Object.fromEntries(
      Object.entries({ ...inputs, ...parameters }).map(([key, value]) => [key, tensorOf(value)]),
    )
    const training = await differentiate(made.graph, { loss: made.loss, parameters: Object.keys(parameters), feeds })
    const results = await runGraph(training.graph, feeds)
    expect(results[made.loss]?.data).toBeAllclose([loss], { rtol: 1e-6 })
    for (const [key, gradient] of Object.entries(gradients)) {
      expect(results[training.gradients.get(key) ?? '']).toBeAllclose(tensorOf(gradient), { rtol: 1e-5, atol: 1e-7 })
    }
  })

  it('has a fixture for every case', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(gradientFixtures.losses).sort())
  })

  it.each(Object.entries(cases))('%s has the gradient of its finite differences', async (_, make) => {
    const { graph, targets, weights } = make()
    const feeds: Record<string, Tensor> = { [weights]: float32([3], [1, 0.5, 2]) }
    const by = graph.inputs.map(({ name }) => name).filter((name) => name !== targets && name !== weights)
    by.forEach((name, index) => (feeds[name] = randomTensor([3, 4], index + 1)))
    if (targets) feeds[targets] = randomTensor([3, 4], 9, 0, 1)
    await checkGradient(graph, feeds, { by, outputs: [make().loss] })
  })

  it('of the generalized cross-entropy is (1 - p^q) / q, and has the gradient of its finite differences', async () => {
    const made = softmaxCrossEntropy(passing('logits'), { logits, generalization: 0.5 })
    const feeds = {
      logits: float32([2, 4], [0, 0, 0, 0, 0, 0, Math.log(6), 0]),
      [made.targets]: float32([2, 4], [1, 0, 0, 0, 0, 0, 1, 0]),
      [made.weights]: float32([2], [3, 1]),
    }
    const results = await runGraph(made.graph, feeds)
    // The targets' probabilities are 1/4 and 2/3.
    const expected = (3 * 2 * (1 - Math.sqrt(1 / 4)) + 2 * (1 - Math.sqrt(2 / 3))) / 4
    expect(results[made.loss]?.data).toBeAllclose([expected], { rtol: 1e-5 })
    await checkGradient(made.graph, feeds, { by: ['logits'], outputs: [made.loss] })
  })

  it('keeps the outputs of the network, and takes names that are not in use', async () => {
    const first = meanSquaredError(passing('logits'), { predictions: logits })
    const second = meanSquaredError(first.graph, { predictions: logits })
    expect(first).toMatchObject({ loss: 'loss', targets: 'targets', weights: 'weights' })
    expect(second).toMatchObject({ loss: 'loss_2', targets: 'targets_2', weights: 'weights_2' })
    const session = await openSession(second.graph)
    expect(session.outputs.map(({ name }) => name)).toEqual(['logits_out', 'loss', 'loss_2'])
  })

  it('says a gradient of one half at a logit of 0 and a label of 0', async () => {
    const { graph, loss } = sigmoidCrossEntropy(passing('logits'), { logits })
    const zeros = float32([1, 4], [0, 0, 0, 0])
    const feeds = { logits: zeros, targets: zeros, weights: float32([1], [1]) }
    const training = await differentiate(graph, { loss, parameters: ['logits'], feeds })
    const results = await runGraph(training.graph, feeds)
    expect(results[training.gradients.get('logits') ?? '']?.data).toBeAllclose([0.5, 0.5, 0.5, 0.5])
  })
})
