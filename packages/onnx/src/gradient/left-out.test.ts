import { describe, expect, it } from 'vitest'
import { runGraph } from '../../test/run-graph.js'
import { GraphBuilder, type Value } from '../graph/builder.js'
import { float32, type Tensor } from '../graph/tensor.js'
import { differentiate } from './differentiate.js'
import '../test/index.js'

type Write = (g: GraphBuilder, x: Value) => Value

/** Gradient of the sum of what is written by x. */
async function gradient(x: Tensor, write: Write, parameter = 'x', opset = 18): Promise<Tensor | undefined> {
  const g = new GraphBuilder('left out', { opsets: { '': opset } })
  const y = write(g, g.input('x', 'float32', x.dims))
  g.output('loss', g.op('ReduceSum', [y], { keepdims: 0 }), 'float32', [])
  const graph = g.build()
  const training = await differentiate(graph, { loss: 'loss', parameters: [parameter], feeds: { x } })
  const weight = graph.initializers.get(parameter)
  const results = await runGraph(training.graph, { x, ...(weight && { [parameter]: weight }) })
  return results[training.gradients.get(parameter) ?? '']
}

const positive = (g: GraphBuilder, x: Value): Value => g.op('Greater', [x, g.scalar(0)])
/** x > 0 ? f(x) : 0 */
const wherePositive =
  (f: Write): Write =>
  (g, x) =>
    g.op('Where', [positive(g, x), f(g, x), g.scalar(0)])

describe('what a network leaves out has no gradient, be it no number', () => {
  const x = float32([3], [0, 4, 1])
  it.each<[string, Write, number[]]>([
    ['Sqrt', (g, a) => g.op('Sqrt', [a]), [0, 1 / 4, 1 / 2]],
    ['Log', (g, a) => g.op('Log', [a]), [0, 1 / 4, 1]],
    ['Reciprocal', (g, a) => g.op('Reciprocal', [a]), [0, -1 / 16, -1]],
    ['Pow', (g, a) => g.op('Pow', [a, g.scalar(0.5)]), [0, 1 / 4, 1 / 2]],
    ['Pow', (g, a) => g.op('Pow', [a, g.scalar(-1)]), [0, -1 / 16, -1]],
    ['Div', (g, a) => g.op('Div', [g.scalar(3), a]), [0, -3 / 16, -3]],
    [
      'Asin',
      (g, a) => g.op('Asin', [g.op('Sub', [g.scalar(1), g.op('Mul', [a, g.scalar(0.125)])])]),
      [0, -0.14433757, -0.25819889],
    ],
  ])('%s', async (_, write, expected) => {
    expect(await gradient(x, wherePositive(write))).toBeAllclose(float32([3], expected), { rtol: 1e-5 })
  })

  it('softplus, spelled out, of large numbers', async () => {
    const softplus: Write = (g, a) => {
      const spelled = g.op('Log', [g.op('Add', [g.op('Exp', [a]), g.scalar(1)])])
      return g.op('Where', [g.op('Greater', [a, g.scalar(20)]), a, spelled])
    }
    expect(await gradient(float32([2], [0, 100]), softplus)).toBeAllclose(float32([2], [0.5, 1]), { rtol: 1e-5 })
  })

  it('a row of zeros that is normalized to length 1', async () => {
    const normalize: Write = (g, a) => {
      const norm = g.op('ReduceL2', [a, g.ints([1])], { keepdims: 1 })
      return g.op('Div', [a, g.op('Clip', [norm, g.scalar(1e-12)])])
    }
    const rows = await gradient(float32([2, 2], [3, 4, 0, 0]), normalize)
    // (1 - x (x + y) / r²) / r of the first row; of the second, 1e12 each.
    expect(rows).toBeAllclose(float32([2, 2], [0.032, -0.024, 1e12, 1e12]), { rtol: 1e-4 })
    const unit: Write = (g, a) => g.op('LpNormalization', [a], { axis: 1 })
    expect((await gradient(float32([2, 2], [3, 4, 0, 0]), unit))?.data.slice(0, 2)).toBeAllclose([0.032, -0.024], {
      rtol: 1e-4,
    })
  })

  it('a norm of zeros', async () => {
    const norm: Write = (g, a) => g.op('ReduceL2', [a, g.ints([1])], { keepdims: 1 })
    expect(await gradient(float32([2, 2], [3, 4, 0, 0]), norm)).toBeAllclose(float32([2, 2], [0.6, 0.8, 0, 0]))
  })

  it('a row of a softmax of which all is hidden, before and behind it', async () => {
    const hidden = float32([2, 3], [0, 0, -Infinity, -Infinity, -Infinity, -Infinity])
    const safe =
      (values: (g: GraphBuilder) => Value): Write =>
      (g, a) => {
        const p = g.op(
          'Softmax',
          [g.op('Add', [g.op('Mul', [a, g.weight('w', float32([1], [2]))]), g.weight('mask', hidden)])],
          { axis: -1 },
        )
        return g.op('Mul', [g.op('Where', [g.op('IsNaN', [p]), g.scalar(0), p]), values(g)])
      }
    const x = float32([2, 3], [0, 0, 5, 1, 2, 3])
    const write = safe((g) => g.weight('v', float32([3], [1, 2, 4])))
    // p = (½, ½): dx = w · p (v - mean v) = 2 · ½ · ∓½
    expect(await gradient(x, write)).toBeAllclose(float32([2, 3], [-0.5, 0.5, 0, 0, 0, 0]))
    expect(await gradient(x, write, 'w')).toBeAllclose(float32([1], [0]))
  })

  it.each(['softmax', 'its log', 'softmax written out'])(
    'a row of which all is hidden, which the mask leaves out: %s',
    async (form) => {
      const hidden = float32([2, 3], [0, 0, -Infinity, -Infinity, -Infinity, -Infinity])
      const write: Write = (g, a) => {
        const mask = g.weight('mask', hidden)
        const z = g.op('Add', [a, mask])
        const e = g.op('Exp', [g.op('Sub', [z, g.op('ReduceMax', [z, g.ints([1])])])])
        const p =
          form === 'softmax written out'
            ? g.op('Div', [e, g.op('ReduceSum', [e, g.ints([1])])])
            : g.op(form === 'softmax' ? 'Softmax' : 'LogSoftmax', [z], { axis: -1 })
        const isHidden = g.op('Equal', [mask, g.scalar(-Infinity)])
        return g.op('Mul', [g.op('Where', [isHidden, g.scalar(0), p]), g.weight('v', float32([3], [1, 2, 4]))])
      }
      // p = (½, ½): dx = p (v - mean v); of the log v - p · Σ v.
      const [first, second] = form === 'its log' ? [-0.5, 0.5] : [-0.25, 0.25]
      const slopes = await gradient(float32([2, 3], [0, 0, 5, 1, 2, 3]), write)
      expect(slopes).toBeAllclose(float32([2, 3], [first, second, 0, 0, 0, 0]))
    },
  )

  it('the log of a sum of which all is hidden', async () => {
    const write: Write = (g, a) => {
      const total = g.op('ReduceLogSumExp', [a, g.ints([1])], { keepdims: 0 })
      return g.op('Where', [g.op('IsInf', [total]), g.scalar(0), total])
    }
    const x = float32([2, 2], [1, 1, -Infinity, -Infinity])
    expect(await gradient(x, write)).toBeAllclose(float32([2, 2], [0.5, 0.5, 0, 0]))
  })
})

describe('Clip whose lower bound lies above the upper one', () => {
  const x = float32([4], [-5, 0, 1, 5])
  const clip: Write = (g, a) => g.op('Clip', [a, g.weight('low', float32([], [3])), g.weight('high', float32([], [1]))])

  it.each([
    ['x', float32([4], [0, 0, 0, 0])],
    ['low', float32([], [0])],
    ['high', float32([], [4])],
  ])('has the gradient of its upper bound: %s', async (name, expected) => {
    expect(await gradient(x, clip, name)).toBeAllclose(expected)
  })
})
