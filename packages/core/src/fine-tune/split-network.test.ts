import { float32, type Tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { layeredBackbone } from '../../test/layered-backbone.js'
import type { Network } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'
import { splitNetwork } from './split-network.js'

const { network } = layeredBackbone()
const stagesOf = (unfreeze: number | 'all', of = network) =>
  splitNetwork(of, unfreeze).stages.map(({ name, weights }) => [name, ...weights.keys()])

describe('splitNetwork', () => {
  it('cuts before the last stages, whose weights it lists, the last stage first', () => {
    const { frozen, tuned, cut } = splitNetwork(network, 2)
    expect(cut).toBe('vectors')
    expect(frozen?.outputs.map(({ name }) => name)).toEqual(['vectors'])
    expect(frozen?.initializers.has('hidden.weight')).toBe(false)
    // The mask is needed behind the cut as well.
    expect(tuned.inputs.map(({ name }) => name)).toEqual(['vectors', 'mask'])
    expect(stagesOf(2)).toEqual([
      ['pooling', 'pooling.weight', 'pooling.bias'],
      ['hidden', 'hidden.weight', 'hidden.bias'],
    ])
  })

  it('freezes nothing where all is unfrozen', () => {
    for (const all of ['all', 3] as const) {
      const { frozen, tuned, cut } = splitNetwork(network, all)
      expect([frozen, cut]).toEqual([undefined, undefined])
      expect(tuned).toBe(network.graph)
      expect(stagesOf(all).at(-1)).toEqual(['embedding', 'table'])
    }
  })

  it('leaves a weight to the first stage that uses it', () => {
    const { graph, stages } = network
    const tied: Network = {
      graph: graph.with({
        nodes: graph.nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map((name) => (name === 'pooling.weight' ? 'hidden.weight' : name)),
        })),
      }),
      stages,
    }
    expect(stagesOf(2, tied)).toEqual([
      ['pooling', 'pooling.bias'],
      ['hidden', 'hidden.weight', 'hidden.bias'],
    ])
  })

  it('refuses stages without weights to tune, such as quantized ones', () => {
    const weights = new Map<string, Tensor>(
      [...network.graph.initializers].map(([name, weight]) => [
        name,
        name.startsWith('pooling') ? float32([1], [0]) : weight,
      ]),
    )
    const quantized = { ...network, graph: network.graph.with({ initializers: weights }) }
    expect(() => splitNetwork(quantized, 1)).toThrow(OptionError)
    expect(() => splitNetwork(quantized, 1)).toThrow(
      'expected stages with float32 weights to tune, got none in "pooling" of the stages "embedding"',
    )
    expect(stagesOf(2, quantized)[0]).toEqual(['pooling'])
  })
})
