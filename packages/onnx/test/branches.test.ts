import { describe, expect, it } from 'vitest'
import { differentiate, whyNotDifferentiable } from '../src/gradient/index.js'
import { GraphBuilder, type Value } from '../src/graph/builder.js'
import { Graph, type Node } from '../src/graph/graph.js'
import { takeBranches } from '../src/graph/take-branches.js'
import { float32, type Tensor, tensor, type Tensors } from '../src/graph/tensor.js'
import { validate } from '../src/graph/validate.js'
import { checkGradient, randomTensor } from '../src/test/index.js'
import { sgd, Trainer, weightRoles } from '../src/training/index.js'
import { errorOf } from './error-of.js'
import { gate } from './gate.js'
import { runGraph } from './run-graph.js'

const truth = (value: boolean) => tensor('bool', [], Uint8Array.of(Number(value)))
const x = randomTensor([2, 3])

/** One branch: a product with the weight around it, times a number of its own; both call it the same. */
function branch(factor: number, activation: string): Graph {
  const node = (opType: string, inputs: readonly string[], output: string): Node => {
    return { name: output, opType, domain: '', inputs, outputs: [output], attributes: {} }
  }
  return new Graph({
    name: activation,
    inputs: [],
    outputs: [{ name: 'result', type: 'float32' }],
    nodes: [
      node('MatMul', ['x', 'shared'], 'product'),
      node(activation, ['product'], 'bent'),
      node('Mul', ['bent', 'factor'], 'result'),
    ],
    initializers: new Map([['factor', float32([], [factor])]]),
  })
}

/** As decoders are published: one graph with two ways, whose weights stand around both. What decides is put in, or computed. */
function merged(decide: (g: GraphBuilder, x: Value) => Value = (g) => g.input('flag', 'bool', [])): Graph {
  const g = new GraphBuilder('merged')
  const value = g.input('x', 'float32', ['n', 3])
  g.weight('shared', randomTensor([3, 4], 2))
  const branches = { then_branch: branch(2, 'Tanh'), else_branch: branch(-3, 'Sigmoid') }
  const y = g.op('If', [decide(g, value)], branches)
  g.output('z', g.op('MatMul', [y, g.weight('head', randomTensor([4, 2], 3))]), 'float32', ['n', 2])
  return g.build()
}

/** Whether the first number is above 0. */
const byData = (g: GraphBuilder, value: Value): Value => {
  const first = g.op('Gather', [g.op('Reshape', [value, g.ints([-1])]), g.ints(0)])
  return g.op('Greater', [first, g.scalar(0)])
}

function withLoss(graph: Graph): Graph {
  const node: Node = {
    name: 'loss',
    opType: 'ReduceSum',
    domain: '',
    inputs: ['z'],
    outputs: ['loss'],
    attributes: { keepdims: { kind: 'int', value: 0 } },
  }
  return graph.with({ nodes: [...graph.nodes, node], outputs: [{ name: 'loss', type: 'float32' }] })
}

describe('If', () => {
  it.each([true, false])('is differentiated through the branch that is taken: %s', async (flag) => {
    await checkGradient(merged(), { x, flag: truth(flag) }, { by: ['x', 'shared', 'head'] })
  })

  it.each([1, -1])('is decided by what is computed of %i', async (sign) => {
    const feeds = { x: float32([1, 3], [sign, 0.5, 0.2]) }
    await checkGradient(merged(byData), feeds, { by: ['shared', 'head'] })
  })

  it('may stand in a branch', async () => {
    const inner = merged().nodes[0] as Node
    const around = new Graph({ name: 'around', inputs: [], outputs: [{ name: 'If' }], nodes: [inner] })
    const outer: Node = { ...inner, attributes: { ...inner.attributes, then_branch: { kind: 'graph', value: around } } }
    const graph = merged().with({ nodes: [outer, ...merged().nodes.slice(1)] })
    await checkGradient(graph, { x, flag: truth(true) }, { by: ['shared', 'head'] })
  })

  it('has weights of the graph around with roles, and nothing in the way', () => {
    const graph = merged()
    expect([...weightRoles(graph)].map(([name, { kind }]) => [name, kind])).toEqual([
      ['shared', 'kernel'],
      ['head', 'kernel'],
    ])
    expect(whyNotDifferentiable(graph, ['shared'], 'z')).toEqual([])
    expect(whyNotDifferentiable(gate(), ['x'], 'y')).toEqual([])
  })

  it('is trained through both branches, as feeds take them, and its weights are written back once', async () => {
    const groups = [{ names: ['shared'], learningRate: 0.1 }]
    for (const graph of [withLoss(merged()), withLoss(merged(byData))]) {
      const isPutIn = graph.inputs.some(({ name }) => name === 'flag')
      const of = (flag: boolean): Tensors => ({
        x: float32([1, 3], [flag ? 1 : -1, 0.5, 0.2]),
        ...(isPutIn && { flag: truth(flag) }),
      })
      const trainer = await Trainer.create(graph, {
        loss: 'loss',
        groups,
        feeds: of(true),
        optimizer: sgd({ momentum: 0 }),
      })
      for (const flag of [true, false, true]) {
        const before = trainer.graph().initializers.get('shared') as Tensor
        const { gradients, graph: training } = await differentiate(graph, {
          loss: 'loss',
          parameters: ['shared'],
          feeds: of(flag),
        })
        const results = await runGraph(training, { ...of(flag), shared: before })
        const slopes = results[gradients.get('shared') ?? '']?.data as Float32Array
        await trainer.step(of(flag))
        const expected = (before.data as Float32Array).map((value, i) => value - 0.1 * (slopes[i] as number))
        expect(trainer.graph().initializers.get('shared'), `${flag}`).toBeAllclose(float32([3, 4], expected), {
          rtol: 1e-5,
        })
      }
      const trained = trainer.graph()
      await trainer.close()
      validate(trained)
      expect(trained.initializers.size).toBe(graph.initializers.size)
      expect(trained.nodes.map(({ opType }) => opType)).toContain('If')
    }
  })

  it('is replaced by a branch for one who knows which', async () => {
    const feeds = { x, flag: truth(false) }
    const taken = takeBranches(merged(), () => false)
    validate(taken)
    expect(taken.nodes.map(({ opType }) => opType)).toEqual(['MatMul', 'Sigmoid', 'Mul', 'MatMul', 'Identity'])
    expect((await runGraph(taken, feeds))['z']).toBeAllclose((await runGraph(merged(), feeds))['z'] as Tensor)
    expect(takeBranches(merged(), () => undefined).nodes).toEqual(merged().nodes)
  })

  it('may give a value of the graph around', async () => {
    const through = new Graph({ name: 'through', inputs: [], outputs: [{ name: 'x' }], nodes: [] })
    const attributes = {
      then_branch: { kind: 'graph', value: through },
      else_branch: { kind: 'graph', value: through },
    } as const
    const graph = gate().with({
      nodes: gate().nodes.map((node) => (node.opType === 'If' ? { ...node, attributes } : node)),
    })
    const taken = takeBranches(graph, () => true)
    expect((await runGraph(taken, { flag: truth(true), x: float32([1], [5]) }))['y']?.data).toEqual(Float32Array.of(5))
  })

  it('leaves loops as what they are', async () => {
    expect(
      await errorOf(async () => {
        const [error] = whyNotDifferentiable(
          merged().with({
            nodes: merged().nodes.map((node) => (node.opType === 'If' ? { ...node, opType: 'Loop' } : node)),
          }),
          ['shared'],
          'z',
        )
        throw error
      }),
    ).toMatch(/control flow/)
  })
})
