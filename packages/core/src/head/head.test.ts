import '@headstart/onnx/test'
import { Session, tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { encodeTargets, headNames, linearHead } from './head.js'
import { random } from '../kit/random.js'
import type { Kind } from '../contract/target.js'

const [rows, columns, outputs] = [5, 4, 3]
const { uniform } = random(2)
const numbers = (length: number): Float64Array => Float64Array.from({ length }, () => Math.fround(4 * uniform() - 2))
const features = numbers(rows * columns)
const weight = numbers(columns * outputs)
const bias = numbers(outputs)

/** features · weight + bias, by the definition. */
const logits = Array.from({ length: rows }, (_, row) =>
  Array.from({ length: outputs }, (__, k) => {
    let sum = bias[k] ?? 0
    for (let i = 0; i < columns; i++) sum += (features[row * columns + i] ?? 0) * (weight[i * outputs + k] ?? 0)
    return sum
  }),
)

async function run(kind: Kind, labels: readonly string[], input = features): Promise<Float32Array> {
  const session = await Session.create(linearHead(kind, labels, { weight, bias }).graph)
  const feed = tensor('float32', [input.length / columns, columns], Float32Array.from(input))
  const result = (await session.run({ [headNames.features]: feed }))[headNames.result[kind]]
  expect(result?.dims).toEqual([input.length / columns, outputs])
  return result?.data as Float32Array
}

describe('linearHead', () => {
  it('gives the softmax of the logits for one class of several', async () => {
    const expected = logits.flatMap((row) => {
      const exponentials = row.map(Math.exp)
      const sum = exponentials.reduce((total, value) => total + value)
      return exponentials.map((value) => value / sum)
    })
    expect(await run('classification', ['a', 'b', 'c'])).toBeAllclose(expected, { rtol: 1e-5 })
  })

  it('gives the sigmoid of each logit for several labels', async () => {
    const expected = logits.flat().map((z) => 1 / (1 + Math.exp(-z)))
    expect(await run('multi-label', ['a', 'b', 'c'])).toBeAllclose(expected, { rtol: 1e-5 })
  })

  it('gives the logits themselves for numbers', async () => {
    expect(await run('regression', [])).toBeAllclose(logits.flat(), { rtol: 1e-5, atol: 1e-6 })
  })

  it('does not overflow', async () => {
    const [a, b, c] = await run(
      'classification',
      ['a', 'b', 'c'],
      features.slice(0, columns).map((x) => x * 1e6),
    )
    expect([a, b, c].every((p) => p === 0 || p === 1)).toBe(true)
  })

  it('takes no rows', async () => {
    expect(await run('classification', ['a', 'b', 'c'], new Float64Array(0))).toHaveLength(0)
  })

  it('names what a saved model is read by', () => {
    const { graph, kind, labels } = linearHead('classification', ['a', 'b', 'c'], { weight, bias })
    expect({ kind, labels }).toEqual({ kind: 'classification', labels: ['a', 'b', 'c'] })
    expect(graph.inputs).toEqual([{ name: 'features', type: 'float32', dims: ['batch', columns] }])
    expect(graph.outputs).toEqual([{ name: 'probabilities', type: 'float32', dims: ['batch', outputs] }])
    expect(graph.nodes.flatMap((node) => node.outputs)).toContain('logits')
    expect(linearHead('regression', [], { weight, bias }).graph.outputs[0]?.name).toBe('value')
  })
})

describe('encodeTargets', () => {
  it('gives one column per class', () => {
    const { data, ...shape } = encodeTargets(['b', 'a', 'b'], ['a', 'b', 'c'])
    expect(shape).toEqual({ rows: 3, columns: 3 })
    expect([...data]).toEqual([0, 1, 0, 1, 0, 0, 0, 1, 0])
  })

  it('gives a 1 for each label, in any order and number', () => {
    const { data } = encodeTargets([['c', 'a'], [], ['b', 'b']], ['a', 'b', 'c'])
    expect([...data]).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0])
  })

  it('keeps numbers', () => {
    expect(encodeTargets([2.5, -1], [])).toEqual({ rows: 2, columns: 1, data: Float32Array.of(2.5, -1) })
  })
})
