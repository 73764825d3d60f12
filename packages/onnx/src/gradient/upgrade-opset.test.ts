import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { nodeGraph, type RuleCase } from '../../test/test-rules.js'
import { runGraph } from '../../test/run-graph.js'
import { float, GraphBuilder } from '../graph/builder.js'
import { Graph } from '../graph/graph.js'
import { float32, type Tensor, tensor } from '../graph/tensor.js'
import { randomTensor } from '../test/index.js'
import { upgradeOpset } from './upgrade-opset.js'

const x = randomTensor([2, 3, 4])
const image = randomTensor([1, 2, 2, 3])
const y = ['float32'] as const

/** A node of every operator that changed, in the versions between the changes. */
const cases: [string, RuleCase][] = [
  ['Clip', { inputs: [x], attributes: { min: float(-1), max: float(0.5) }, opset: 10 }],
  ['Clip', { inputs: [x], attributes: { max: float(0.5) }, opset: 7 }],
  ['Dropout', { inputs: [x], attributes: { ratio: float(0.3) }, opset: 10 }],
  ['Hardmax', { inputs: [x], opset: 11 }],
  ['LogSoftmax', { inputs: [x], attributes: { axis: 0 }, opset: 9 }],
  ['Softmax', { inputs: [x], attributes: { axis: 2 }, opset: 12 }],
  ['Softmax', { inputs: [x], opset: 12 }],
  ['Softmax', { inputs: [x], opset: 13 }],
  ['Pad', { inputs: [x], attributes: { pads: [0, 1, 0, 0, 0, 2], value: float(0.5) }, opset: 10 }],
  ['ReduceMean', { inputs: [x], attributes: { axes: [0, 2], keepdims: 0 }, opset: 17 }],
  ['ReduceMax', { inputs: [x], opset: 11 }],
  ['ReduceSum', { inputs: [x], attributes: { axes: [1] }, opset: 12 }],
  ['ReduceSum', { inputs: [x, tensor('int64', [1], BigInt64Array.of(1n))], opset: 13 }],
  ['Resize', { inputs: [image, float32([4], [1, 1, 2, 2])], attributes: { mode: 'nearest' }, opset: 10 }],
  ['Slice', { inputs: [x], attributes: { starts: [1], ends: [3], axes: [1] }, opset: 9 }],
  ['Slice', { inputs: [x], attributes: { starts: [1], ends: [2 ** 63], axes: [1] }, opset: 9 }],
  ['Split', { inputs: [x], attributes: { axis: 1, split: [1, 2] }, outputs: [...y, ...y], opset: 12 }],
  ['Split', { inputs: [x], attributes: { axis: 2 }, outputs: [...y, ...y], opset: 13 }],
  ['Squeeze', { inputs: [randomTensor([1, 3, 1])], attributes: { axes: [0] }, opset: 12 }],
  ['TopK', { inputs: [x], attributes: { k: 2 }, outputs: ['float32', 'int64'], opset: 9 }],
  ['Unsqueeze', { inputs: [x], attributes: { axes: [0, 3] }, opset: 12 }],
  ['Upsample', { inputs: [image, float32([4], [1, 1, 2, 3])], attributes: { mode: 'nearest' }, opset: 9 }],
  ['Upsample', { inputs: [image], attributes: { scales: { kind: 'floats', value: [1, 1, 2, 2] } }, opset: 8 }],
]

describe('upgradeOpset', () => {
  it.each(cases.map(([operator, one]) => [`${operator} of version ${one.opset}`, operator, one] as const))(
    '%s',
    async (_, operator, one) => {
      const { graph, feeds } = nodeGraph(operator, '', one)
      const upgraded = upgradeOpset(graph)
      expect(upgraded.opsets.get('')).toBe(18)
      const [before, after] = [await runGraph(graph, feeds), await runGraph(upgraded, feeds)]
      for (const [name, value] of Object.entries(before)) expect(after[name]).toBeAllclose(value)
    },
  )

  it('leaves a graph of version 18 or later as it is', () => {
    const { graph } = nodeGraph('Relu', '', { inputs: [x], opset: 19 })
    expect(upgradeOpset(graph)).toBe(graph)
  })

  it('goes into nested graphs, whose version is that of the whole', async () => {
    const branch = (name: string, axis: number) =>
      new Graph({
        name,
        inputs: [],
        outputs: [{ name: 'result', type: 'float32' }],
        nodes: [
          {
            name,
            opType: 'ReduceSum',
            domain: '',
            inputs: ['x'],
            outputs: ['result'],
            attributes: { axes: { kind: 'ints', value: [axis] } },
          },
        ],
      })
    const g = new GraphBuilder('network', { opsets: { '': 11 } })
    g.input('x', 'float32', [2, 3, 4])
    const flag = g.input('flag', 'bool', [])
    g.output('y', g.op('If', [flag], { then_branch: branch('first', 0), else_branch: branch('second', 1) }), 'float32')
    const graph = g.build()
    const feeds = { x, flag: tensor('bool', [], Uint8Array.of(0)) }
    const { y } = await runGraph(graph, feeds)
    expect((await runGraph(upgradeOpset(graph), feeds))['y']).toBeAllclose(y as Tensor)
  })

  it('refuses what is older than version 7', async () => {
    const { graph } = nodeGraph('Relu', '', { inputs: [x] })
    expect(await errorOf(() => upgradeOpset(graph.with({ opsets: new Map([['', 6]]) })))).toBe(
      'GraphEditError: graph "Relu": expected the standard operators in version 7 or later, got version 6. Convert it with onnx.version_converter, or export it again.',
    )
  })
})
