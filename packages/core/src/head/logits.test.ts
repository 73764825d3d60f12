import '@headstart/onnx/test'
import { float32, Session } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { type Head, linearHead } from './head.js'
import { withLogits } from './logits.js'
import { nearestHead } from './nearest-head.js'
import { prototypeHead } from './prototype-head.js'

const features = { rows: 4, columns: 2, data: Float32Array.of(1, 0, 0.9, 0.2, 0, 1, -0.3, 0.8) }
const targets = { rows: 4, columns: 2, data: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1) }
const known = { labels: ['a', 'b'], features, targets, weights: Float64Array.of(1, 1, 1, 1) }
const weights = { weight: Float64Array.of(1, -2, 0.5, 3), bias: Float64Array.of(0.1, -0.4) }

async function run(graph: Head['graph']): Promise<Float32Array> {
  await using session = await Session.create(graph)
  const [[, output] = []] = Object.entries(await session.run({ features: float32([4, 2], features.data) }))
  return output?.data as Float32Array
}

const softmax = ([a = 0, b = 0]: number[]): number[] => [1 / (1 + Math.exp(b - a)), 1 / (1 + Math.exp(a - b))]
const sigmoid = (row: number[]): number[] => row.map((logit) => 1 / (1 + Math.exp(-logit)))

describe('withLogits', () => {
  it.each<[string, Head, (row: number[]) => number[]]>([
    ['linear', linearHead('classification', ['a', 'b'], weights), softmax],
    ['linear, several labels', linearHead('multi-label', ['a', 'b'], weights), sigmoid],
    ['prototype', prototypeHead(['a', 'b'], { ...features, rows: 2 }, 20), softmax],
    ['nearest', nearestHead({ kind: 'classification', ...known }, 2), softmax],
    ['nearest, several labels', nearestHead({ kind: 'multi-label', ...known }, 2), sigmoid],
  ])('gives that of which the activation gives the probabilities: %s', async (_, head, activation) => {
    const graph = withLogits(head)
    expect(graph.outputs).toEqual([{ name: 'logits', type: 'float32', dims: ['batch', 2] }])
    const logits = await run(graph)
    const probabilities = [0, 1, 2, 3].flatMap((row) => activation([...logits.subarray(2 * row, 2 * row + 2)]))
    expect(Float32Array.from(probabilities)).toBeAllclose(await run(head.graph), { atol: 1e-6 })
  })

  it('has finite logits of what is certain', async () => {
    const sure = { weight: Float64Array.of(0, 0, 0, 0), bias: Float64Array.of(400, -400) }
    expect([...(await run(withLogits(linearHead('classification', ['a', 'b'], sure)))).subarray(0, 2)]).toEqual([
      400, -400,
    ])
    const alone = { ...known, targets: { ...targets, data: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0) } }
    const logits = await run(withLogits(nearestHead({ kind: 'classification', ...alone }, 2)))
    expect(logits.every(Number.isFinite)).toBe(true)
  })
})
