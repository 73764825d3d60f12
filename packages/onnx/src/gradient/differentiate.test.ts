import { describe, expect, it } from 'vitest'
import { diamond, twoRows } from '../../test/diamond.js'
import { errorOf } from '../../test/error-of.js'
import { gate } from '../../test/gate.js'
import { runGraph } from '../../test/run-graph.js'
import { GraphBuilder, type Value } from '../graph/builder.js'
import { NotDifferentiableError } from '../errors.js'
import type { Graph } from '../graph/graph.js'
import { float32, int64, type Tensor, tensor, type Tensors } from '../graph/tensor.js'
import { checkGradient, randomTensor } from '../test/index.js'
import { differentiate } from './differentiate.js'
import { meanSquaredError } from './losses.js'
import { whyNotDifferentiable } from './why-not-differentiable.js'

/** A graph over `x` [2, 3] and weights, whose loss is the sum of what `write` gives. */
function summed(write: (g: GraphBuilder, x: Value) => Value, opset = 17): Graph {
  const g = new GraphBuilder('network', { opsets: { '': opset, 'com.microsoft': 1 } })
  const x = g.input('x', 'float32', [2, 3])
  g.output('loss', g.op('ReduceSum', [write(g, x)], { keepdims: 0 }), 'float32', [])
  return g.build()
}

const x = float32([2, 3], [1, -2, 3, -4, 5, -6])

/** The gradients by name. */
async function gradientsOf(graph: Graph, parameters: readonly string[], feeds: Tensors = { x }): Promise<Tensors> {
  const training = await differentiate(graph, { loss: 'loss', parameters, feeds })
  const weights = parameters.flatMap((name) => {
    const weight = graph.initializers.get(name)
    return weight ? [[name, weight] as const] : []
  })
  const results = await runGraph(training.graph, { ...feeds, ...Object.fromEntries(weights) })
  return Object.fromEntries([...training.gradients].map(([name, output]) => [name, results[output] as Tensor]))
}

describe('differentiate', () => {
  it('writes the gradient of a linear regression', async () => {
    const g = new GraphBuilder('regression')
    const prediction = g.op('Gemm', [
      g.input('x', 'float32', ['n', 2]),
      g.weight('w', float32([2, 1], [1, 2])),
      g.weight('b', float32([1], [3])),
    ])
    g.output('prediction', prediction, 'float32', ['n', 1])
    const { graph, loss, targets = '', weights } = meanSquaredError(g.build(), { predictions: 'prediction' })
    const feeds = {
      x: float32([2, 2], [1, 2, 3, 4]),
      [targets]: float32([2, 1], [5, 6]),
      [weights]: float32([2], [1, 1]),
    }
    const training = await differentiate(graph, { loss, parameters: ['w', 'b'], feeds })
    expect(training.graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['x', [2, 2]],
      ['targets', [2, 1]],
      ['weights', [2]],
      ['w', [2, 1]],
      ['b', [1]],
    ])
    expect(training.graph.outputs.map(({ name }) => name)).toEqual(['prediction', 'loss', 'w/gradient', 'b/gradient'])
    const results = await runGraph(training.graph, { ...feeds, w: float32([2, 1], [1, 2]), b: float32([1], [3]) })
    expect(results['prediction']).toBeAllclose(float32([2, 1], [8, 14]))
    // Errors are 3 and 8: loss (9 + 64) / 2, dw = mean of 2 · error · x, db = mean of 2 · error.
    expect(results[loss]?.data).toBeAllclose([36.5])
    expect(results[training.gradients.get('w') ?? '']).toBeAllclose(float32([2, 1], [27, 38]))
    expect(results[training.gradients.get('b') ?? '']).toBeAllclose(float32([1], [11]))
  })

  it('writes what nothing reads last, the gradients of the last layers at the very end', async () => {
    const graph = summed((g, x) => {
      const layer = (name: string, value: Value): Value => g.op('MatMul', [value, g.weight(name, randomTensor([3, 3]))])
      return layer('w3', layer('w2', layer('w1', x)))
    })
    const { graph: training, gradients } = await differentiate(graph, {
      loss: 'loss',
      parameters: ['w1', 'w2', 'w3'],
      feeds: { x },
    })
    const written = training.nodes.flatMap(({ outputs }) => outputs)
    expect(written.slice(-4)).toEqual([...['w1', 'w2', 'w3'].map((name) => gradients.get(name)), 'loss'])
  })

  it('lets through what lies between the bounds of an activation, and nothing else, in single precision', async () => {
    const x = float32([2, 3], [-2, 0, 1e-25, 5.9999995, 6, 7])
    const clip = summed((g, value) => g.op('Clip', [value, g.scalar(0), g.scalar(6)]))
    expect((await gradientsOf(clip, ['x'], { x }))['x']).toBeAllclose(float32([2, 3], [0, 0, 1, 1, 0, 0]))
    const relu = summed((g, value) => g.op('Relu', [value]))
    expect((await gradientsOf(relu, ['x'], { x }))['x']).toBeAllclose(float32([2, 3], [0, 0, 1, 1, 1, 1]))
  })

  it('adds up the gradients of a value that is used several times', async () => {
    const graph = summed((g, x) => {
      const w = g.weight('w', float32([3], [1, 2, 3]))
      const once = g.op('Mul', [x, w])
      return g.op('Add', [g.op('Add', [once, once]), g.op('Sub', [g.op('Mul', [w, w]), g.op('Mul', [once, w])])])
    })
    // d/dw Σ 2xw + w² - xw², over two rows.
    const expected = [1, 2, 3].map((w, column) => {
      const total = (x.data[column] as number) + (x.data[column + 3] as number)
      return 2 * total + 4 * w - 2 * w * total
    })
    expect((await gradientsOf(graph, ['w']))['w']).toBeAllclose(float32([3], expected))
  })

  it('follows branches that part and meet, by an input and a weight', async () => {
    await checkGradient(diamond(), { x: twoRows })
  })

  it('takes a parameter once that is named twice', async () => {
    const graph = summed((g, x) => g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))]))
    expect((await gradientsOf(graph, ['w', 'w']))['w']).toBeAllclose(float32([3], [-3, 3, -3]))
  })

  it('gives the gradient by an input as well', async () => {
    const graph = summed((g, x) => g.op('Mul', [x, x]))
    expect((await gradientsOf(graph, ['x']))['x']).toBeAllclose(float32([2, 3], [2, -4, 6, -8, 10, -12]))
  })

  it('writes no node for frozen weights, and none twice', async () => {
    const graph = summed((g, x) => {
      const hidden = g.op('MatMul', [x, g.weight('frozen', randomTensor([3, 3]))])
      const w = g.weight('w', randomTensor([3, 3], 2))
      return g.op('Softmax', [g.op('MatMul', [hidden, w])])
    })
    const { graph: training } = await differentiate(graph, { loss: 'loss', parameters: ['w'], feeds: { x } })
    const forward = ['MatMul', 'MatMul', 'Softmax', 'ReduceSum', 'Identity']
    // With dy = 1 everywhere: y · (dy - Σ dy · y), as the gradient by x · w.
    const backward = ['Expand', 'ReduceSum', 'Reshape', 'Sub', 'Mul', 'Gemm']
    expect(training.nodes.map(({ opType }) => opType).sort()).toEqual([...forward, ...backward].sort())
  })

  it('trains through operators of older sets, and constants in nodes', async () => {
    const graph = summed((g, x) => {
      const two = g.op('Constant', [], { value: float32([], [2]) })
      const power = g.op('Pow', [x, two])
      return g.op('Mul', [g.op('ReduceSum', [power], { axes: [1], keepdims: 1 }), g.weight('w', float32([1], [3]))])
    }, 11)
    expect((await gradientsOf(graph, ['w', 'x']))['w']?.data).toBeAllclose([91])
  })

  it('goes around what depends on shapes alone', async () => {
    const graph = summed((g, x) => {
      const rows = g.op('Gather', [g.op('Shape', [x]), g.ints([0])])
      const wide = g.op('Expand', [
        g.weight('w', float32([1, 3], [1, 2, 3])),
        g.op('Concat', [rows, g.ints([3])], { axis: 0 }),
      ])
      return g.op('Mul', [x, wide])
    })
    expect((await gradientsOf(graph, ['w']))['w']).toBeAllclose(float32([1, 3], [-3, 3, -3]))
  })
})

describe('what cannot be differentiated', () => {
  const loss = 'loss'
  const feeds = { x }
  const complaint = (
    graph: Graph,
    parameters: readonly string[],
    options: Partial<Parameters<typeof differentiate>[1]> = {},
  ) => errorOf(() => differentiate(graph, { loss, parameters, feeds, ...options }))
  const linear = summed((g, x) => g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))]))

  it('names what the graph does not have', async () => {
    expect(await complaint(linear, ['w'], { loss: 'cost' })).toBe(
      'GradientError: differentiate, "cost": expected a value of graph "network" as the loss, got an unknown name. See graph.toString().',
    )
    expect(await complaint(linear, ['v'])).toBe(
      'GradientError: differentiate, "v": expected a weight or an input of graph "network", got an unknown name. See graph.toString().',
    )
    expect(await complaint(linear, ['Mul'])).toMatch(
      /expected a weight or an input .*, got a value that a node computes\./,
    )
  })

  it('takes a loss of one number only', async () => {
    expect(await complaint(linear, ['w'], { loss: 'Mul' })).toBe(
      'GradientError: differentiate, "Mul": expected a loss of one floating-point number, got float32[2, 3]. Take the mean over the examples.',
    )
  })

  it('says that a parameter has no influence, and where it ends', async () => {
    const graph = summed((g, x) => {
      const w = g.weight('w', float32([3], [1, 2, 3]))
      g.op('Mul', [x, w])
      const rounded = g.op('Floor', [g.op('Mul', [x, g.weight('v', float32([3], [1, 2, 3]))])])
      return g.op('Add', [rounded, x])
    })
    expect(await complaint(graph, ['w'])).toBe(
      'GradientError: differentiate, "w": expected an influence on the loss "loss", got none. Leave this parameter out.',
    )
    expect(await complaint(graph, ['v'])).toBe(
      'GradientError: differentiate, "v": expected an influence on the loss "loss", got one that ends in Floor: its output changes in jumps only. Leave this parameter out.',
    )
  })

  it('does not train whole numbers', async () => {
    const graph = summed((g, x) => g.op('Gather', [x, g.weight('places', int64([1], [0]))]))
    expect(await complaint(graph, ['places'])).toMatch(
      /^GradientError: differentiate, "places": expected a parameter of type float32 or float64, got int64\[1\]\./,
    )
  })

  it('refuses control flow, quantized weights, and operators that it does not know', async () => {
    const g = gate()
    const nodes = g.nodes.map((node) => (node.opType === 'If' ? { ...node, opType: 'Loop' } : node))
    const open = g.with({ nodes, outputs: [{ name: 'y' }] })
    const given = { x: float32([1], [1]), flag: tensor('bool', [], Uint8Array.of(1)) }
    expect(await errorOf(() => differentiate(open, { loss: 'y', parameters: ['shift'], feeds: given }))).toBe(
      'NotDifferentiableError: node "If" (Loop) has no derivative: control flow (Loop, Scan) decides only as it runs how often its nodes do. Train only what comes after it, or export the network without it.',
    )
    const quantized = summed((g, x) => {
      const hidden = g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))])
      const scale = g.scalar(0.1)
      const zero = g.weight('zero', tensor('int8', [], Int8Array.of(0)))
      return g.op('DequantizeLinear', [g.op('QuantizeLinear', [hidden, scale, zero]), scale, zero])
    })
    expect(await complaint(quantized, ['w'])).toMatch(
      /node "QuantizeLinear" \(QuantizeLinear\) has no derivative: it is quantized/,
    )
    const packed = summed((g, x) => {
      const weights = g.weight('packed', tensor('uint8', [1, 1, 16], new Uint8Array(16)))
      const hidden = g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))])
      const attributes = { K: 3, N: 1, bits: 4, block_size: 32 }
      return g.op('MatMulNBits', [hidden, weights, g.weight('scales', float32([1], [1]))], attributes, {
        domain: 'com.microsoft',
      })
    })
    expect(await complaint(packed, ['w'])).toMatch(
      /node "MatMulNBits" \(com\.microsoft\.MatMulNBits\) has no derivative: it is quantized/,
    )
    const unknown = summed((g, x) => g.op('Det', [g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))])]))
    expect(await complaint(unknown, ['w'])).toMatch(/no rule is written for this operator/)
  })

  it('refuses what is random', async () => {
    const graph = summed((g, x) => {
      const hidden = g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))])
      return g.op('Dropout', [hidden, g.scalar(0.5), g.weight('training', tensor('bool', [], Uint8Array.of(1)))])
    })
    expect(await complaint(graph, ['w'])).toMatch(
      /\(Dropout\) has no derivative: in training it drops elements at random/,
    )
  })

  it('refuses bounds that depend on what is put in', async () => {
    const g = new GraphBuilder('network')
    const w = g.weight('w', float32([3], [1, 2, 3]))
    const part = g.op('Slice', [w, g.input('start', 'int64', [1]), g.ints([3])])
    g.output('loss', g.op('ReduceSum', [part], { keepdims: 0 }), 'float32', [])
    const message = await errorOf(() =>
      differentiate(g.build(), { loss, parameters: ['w'], feeds: { start: int64([1], [1]) } }),
    )
    expect(message).toMatch(
      /node "Slice" \(Slice\) has no derivative: its input "start" sets shapes and depends on the data put in/,
    )
  })

  it('says so when the loss depends on an output without a derivative', async () => {
    const graph = summed((g, x) => {
      const scaled = g.op('Mul', [x, g.weight('w', float32([3], [1, 2, 3]))])
      const [y, mean] = g.ops('LayerNormalization', [scaled, g.weight('scale', float32([3], [1, 1, 1]))], 2) as [
        Value,
        Value,
      ]
      return g.op('Add', [y, mean])
    })
    expect(await complaint(graph, ['w'])).toMatch(
      /the loss depends on its output 1, by which there is no derivative here/,
    )
  })

  it('refuses a normalization by the statistics of a batch, in which an example depends on the others', async () => {
    const graph = summed((g, value) => {
      const statistics = [1, 0, 0, 1].map((number, index) =>
        g.weight(`s${index}`, float32([3], [number, number, number])),
      )
      return g.ops('BatchNormalization', [value, ...statistics], 3, { training_mode: 1 })[0] as Value
    })
    expect(await complaint(graph, ['s0'])).toMatch(
      /: it was exported in training mode, in which an example depends on its batch/,
    )
  })

  it('leaves out what attention puts out for a cache and nobody reads', async () => {
    const g = new GraphBuilder('attention', { opsets: { '': 23 } })
    const value = g.input('x', 'float32', [1, 1, 2, 3])
    const [y] = g.ops('Attention', [g.op('Mul', [value, g.weight('w', float32([3], [1, 2, 3]))]), value, value], 4)
    g.output('y', y as Value, 'float32')
    await checkGradient(g.build(), { x: randomTensor([1, 1, 2, 3]) }, { by: ['w'] })
  })

  it('takes any name of a value', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const graph = summed((g, value) => g.op('Mul', [value, g.weight(name, float32([3], [1, 2, 3]))]))
      const gradients = await gradientsOf(graph, [name])
      expect(new Map(Object.entries(gradients)).get(name)?.data, name).toEqual(Float32Array.of(-3, 3, -3))
    }
  })

  it('checks what is put in', async () => {
    expect(await complaint(linear, ['w'], { feeds: {} })).toMatch(
      /^FeedError: .*"x": expected x: float32\[2, 3\], got nothing$/,
    )
    expect(await complaint(linear, ['w'], { feeds: { x: float32([3], [1, 2, 3]) } })).toMatch(
      /^FeedError: .*"x": expected/,
    )
  })
})

describe('whyNotDifferentiable', () => {
  it('lists everything on the way, and nothing beside it', () => {
    const graph = summed((g, x) => {
      const low = g.op('Det', [x], {}, { name: 'low' })
      const high = g.op('Mul', [low, g.weight('w', float32([1], [1]))], {}, { name: 'high' })
      return g.op(
        'MaxRoiPool',
        [high, g.op('If', [g.weight('flag', tensor('bool', [], Uint8Array.of(1)))])],
        {},
        { name: 'top' },
      )
    })
    expect(whyNotDifferentiable(graph, ['top'], 'loss')).toEqual([])
    const [first, ...more] = whyNotDifferentiable(graph, ['w'], 'loss')
    expect(first).toBeInstanceOf(NotDifferentiableError)
    expect(first).toMatchObject({ operator: 'MaxRoiPool', node: 'top' })
    expect(more).toEqual([])
    expect(whyNotDifferentiable(graph, ['x'], 'loss').map(({ node }) => node)).toEqual(['low', 'top'])
  })
})
