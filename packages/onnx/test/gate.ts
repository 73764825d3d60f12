import { GraphBuilder, type Value } from '../src/graph/builder.js'
import { Graph } from '../src/graph/graph.js'
import { float32 } from '../src/graph/tensor.js'

/**
 * flag ? scaled + shift : -scaled, with scaled = 2x. The nested graphs take `scaled` and `shift` from outside, and
 * each has a value `inner` of its own.
 */
export function gate(): Graph {
  const g = new GraphBuilder('gate')
  const flag = g.input('flag', 'bool', [])
  const scaled = g.op('Mul', [g.input('x', 'float32', ['n']), g.scalar(2)], {}, { name: 'scaled' })
  const shift = g.weight('shift', float32([1], [10]))
  const branches = { then_branch: branch('Add', [scaled, shift]), else_branch: branch('Neg', [scaled]) }
  g.output('y', g.op('If', [flag], branches), 'float32', ['n'])
  return g.build()
}

function branch(opType: string, inputs: readonly Value[]): Graph {
  const node = { domain: '', attributes: {} }
  return new Graph({
    name: opType,
    inputs: [],
    outputs: [{ name: 'result', type: 'float32' }],
    nodes: [
      { ...node, name: 'compute', opType, inputs, outputs: ['inner'] },
      { ...node, name: 'return', opType: 'Identity', inputs: ['inner'], outputs: ['result'] },
    ],
  })
}
