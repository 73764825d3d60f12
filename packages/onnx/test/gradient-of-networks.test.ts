import { describe, expect, it } from 'vitest'
import { differentiate, softmaxCrossEntropy } from '../src/gradient/index.js'
import type { Graph } from '../src/graph/graph.js'
import { findStages } from '../src/stages/find-stages.js'
import { float32, type Tensor, type Tensors } from '../src/graph/tensor.js'
import { checkGradient, randomTensor } from '../src/test/index.js'
import { weightRoles } from '../src/training/index.js'
import { exported, exportedNames } from './exported.js'
import { type GradientFixture, gradientFixtures, tensorOf } from './gradient-fixtures.js'
import { encoder, mobileNetTop } from './networks.js'
import { optimized } from './optimized.js'
import { runGraph } from './run-graph.js'

const block = { inputs: 4, outputs: 4, expanded: 8, stride: 1 }

/** Compares loss and gradients of a network with two classes. */
async function expectAgreement(
  network: Graph,
  fixture: GradientFixture,
  feeds: Tensors,
  expected: Tensors,
): Promise<void> {
  const { graph, loss } = softmaxCrossEntropy(network, { logits: 'logits' })
  const parameters = Object.keys(expected)
  const training = await differentiate(graph, { loss, parameters, feeds })
  const weights = Object.fromEntries(parameters.map((name) => [name, network.initializers.get(name) as Tensor]))
  const results = await runGraph(training.graph, { ...feeds, ...weights })
  expect(results[loss]?.data).toBeAllclose([fixture.loss], { rtol: 1e-5 })
  for (const [name, gradient] of Object.entries(expected)) {
    const found = results[training.gradients.get(name) ?? '']
    expect(found, name).toBeAllclose(gradient, { rtol: 1e-4, atol: 1e-6 })
  }
}

describe('the gradient of a layer of BERT', () => {
  const { bertLayer: fixture } = gradientFixtures

  it('agrees with PyTorch', async () => {
    const values = { ...bertTensors(fixture.parameters) }
    const network = encoder({ layers: 1, width: 8, heads: 2, feedForward: 12 }, (name) => values[name] as Tensor)
    const feeds = feedsOf(fixture, ['x', 'targets', 'weights'])
    await expectAgreement(network, fixture, feeds, bertTensors(fixture.gradients))
  })

  it('agrees with finite differences', async () => {
    let seed = 1
    const network = encoder({ layers: 2, width: 6, heads: 3, feedForward: 5 }, (_, dims) =>
      randomTensor(dims, seed++, -1, 1),
    )
    await checkGradient(network, { x: randomTensor([2, 3, 6]) }, { directions: 8 })
  })
})

describe('the gradient of networks that PyTorch exported', () => {
  // Convolutions run in single precision alone, in which differences reach over the kinks of their Relu.
  it.each(exportedNames.filter((name) => name !== 'resnet'))('agrees with finite differences: %s', async (name) => {
    const { graph, feeds } = exported(name)
    const matrices = [...weightRoles(graph)].flatMap(([weight, { kind }]) =>
      kind === 'mean' || kind === 'variance' ? [] : [weight],
    )
    await checkGradient(graph, feeds, { by: matrices, directions: 2 })
  })
})

describe('the gradient of networks that onnxruntime optimized', () => {
  it.each(['bert', 'roberta', 'deberta', 'vit'])('agrees with finite differences: %s', async (name) => {
    const { graph, feeds, encoding } = exported(name)
    const fused = await optimized(graph)
    expect(fused.nodes.filter(({ domain }) => domain === 'com.microsoft')).not.toEqual([])
    expect((await runGraph(fused, feeds))['encoding']).toBeAllclose(encoding, { rtol: 1e-4, atol: 1e-4 })
    const stages = (of: Graph) => findStages(of).map(({ name: stage }) => stage)
    expect(stages(fused)).toEqual(stages(graph))
    await checkGradient(fused, feeds, { by: [...weightRoles(fused).keys()], directions: 2 })
  })
})

describe('the gradient of a block of MobileNetV2', () => {
  const { invertedResidual: fixture } = gradientFixtures

  it('agrees with PyTorch', async () => {
    const values = { ...mobileNetTensors(fixture.inputs), ...mobileNetTensors(fixture.parameters) }
    const network = mobileNetTop([block], undefined, (name) => values[name] as Tensor)
    const feeds = feedsOf(fixture, ['x', 'targets', 'weights'])
    await expectAgreement(network, fixture, feeds, mobileNetTensors(fixture.gradients))
  })

  it('agrees with finite differences', async () => {
    let seed = 1
    const strided = { inputs: 4, outputs: 6, expanded: 8, stride: 2 }
    // Normalized to numbers around 3, so that no difference reaches over a bound of Clip at 0 or 6.
    const ranges: Record<string, [number, number]> = {
      '1.weight': [0.1, 0.3],
      '1.bias': [2.5, 3.5],
      running_var: [1, 2],
    }
    const network = mobileNetTop([block, strided], 5, (name, dims) => {
      const range = Object.entries(ranges).find(([end]) => name.endsWith(end))?.[1] ?? [-0.7, 0.7]
      return randomTensor(dims, seed++, ...range)
    })
    const by = [...network.initializers.keys()].filter((name) => /(weight|bias)$/.test(name))
    await checkGradient(
      network,
      { x: randomTensor([2, 4, 5, 5], 1, -1, 1) },
      { by: ['x', ...by], directions: 8, step: 0.05 },
    )
  })
})

function feedsOf({ inputs }: GradientFixture, names: readonly string[]): Tensors {
  return Object.fromEntries(names.map((name) => [name, tensorOf(inputs[name] as (typeof inputs)[string])]))
}

/** PyTorch's names and layout of an encoder layer: matrices are [out, in], and q, k, v are one. */
function bertTensors(values: GradientFixture['parameters']): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {}
  for (const [name, value] of Object.entries(values)) {
    const tensor = value.dims.length === 2 ? transposed(tensorOf(value)) : tensorOf(value)
    if (name.startsWith('head.')) tensors[name] = tensor
    else if (name.startsWith('self_attn.in_proj_')) {
      const part = name.endsWith('bias') ? 'bias' : 'weight'
      'qkv'
        .split('')
        .forEach((letter, index) => (tensors[`layers.0/${letter}.${part}`] = columns(tensor, index * 8, 8)))
    } else tensors[`layers.0/${name.replace('self_attn.out_proj', 'out')}`] = tensor
  }
  return tensors
}

/** nn.Sequential numbers convolutions and normalizations through. */
function mobileNetTensors(values: GradientFixture['parameters']): Record<string, Tensor> {
  const parts = ['expand.0', 'expand.1', '', 'depthwise.0', 'depthwise.1', '', 'project.0', 'project.1']
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const tensor = name === 'head.weight' ? transposed(tensorOf(value)) : tensorOf(value)
      return [name.replace(/^\d/, (index) => `0.${parts[Number(index)]}`), tensor]
    }),
  )
}

function transposed({ dims, data }: Tensor<'float32'>): Tensor<'float32'> {
  const [rows, width] = dims as [number, number]
  return float32(
    [width, rows],
    Float32Array.from(data, (_, i) => data[(i % rows) * width + Math.floor(i / rows)] as number),
  )
}

/** Columns of a matrix, or elements of a vector. */
function columns({ dims, data }: Tensor<'float32'>, start: number, count: number): Tensor<'float32'> {
  const width = dims.at(-1) as number
  return float32(
    [...dims.slice(0, -1), count],
    data.filter((_, i) => i % width >= start && i % width < start + count),
  )
}
