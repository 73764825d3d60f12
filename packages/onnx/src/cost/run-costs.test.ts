import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { decodeModel } from '../graph/decode.js'
import { float32, int64, type Tensors } from '../graph/tensor.js'
import { Session } from '../runtime/session.js'
import { products } from '../../test/products.js'
import { RunCosts } from './run-costs.js'

const fixtures = new URL('../../test/fixtures/exported/', import.meta.url)

describe('RunCosts', () => {
  const sizes: Readonly<Record<string, number>> = {
    batch: 2,
    batch_size: 2,
    sequence: 7,
    sequence_length: 7,
    height: 32,
    width: 32,
  }

  it.each(
    (['bert', 'convnext', 'deberta', 'modernbert', 'resnet', 'roberta', 'swin', 'vit', 'albert'] as const).map(
      (name) => name,
    ),
  )('infers the shape of every value of an exported network, as onnxruntime computes it: %s', async (name) => {
    const graph = decodeModel(await readFile(new URL(`${name}.onnx`, fixtures)))
    const dims = Object.fromEntries(
      graph.inputs.map((input) => [
        input.name,
        (input.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : (sizes[dim] ?? 4))),
      ]),
    )
    const shapes = new Map<string, readonly number[]>()
    const see = (value: string, shape: readonly number[]): unknown => shapes.set(value, shape)
    expect(RunCosts.of(graph, see)?.ofRun(dims, see)?.work).toBeGreaterThan(0)
    const outputs = graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== ''))
    expect([...shapes.keys()].toSorted()).toEqual(outputs.toSorted())
    await using session = await Session.create(graph.with({ outputs: outputs.map((value) => ({ name: value })) }), {
      optimization: 'disabled',
    })
    const feeds = Object.fromEntries(
      graph.inputs.map((input): [string, Tensors[string]] => {
        const shape = dims[input.name] as number[]
        const ones = Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 1)
        return [input.name, input.type === 'int64' ? int64(shape, ones) : float32(shape, ones)]
      }),
    )
    const values = await session.run(feeds)
    for (const output of outputs) expect([output, shapes.get(output)]).toEqual([output, values[output]?.dims])
  })

  it('estimates multiplications about as many as there are', () => {
    const work = RunCosts.of(products(4))?.ofRun({ x: [512, 512] })?.work ?? 0
    // 4 products, and little beside them.
    expect(work / (4 * 512 ** 3)).toBeGreaterThan(1)
    expect(work / (4 * 512 ** 3)).toBeLessThan(1.2)
  })
})
