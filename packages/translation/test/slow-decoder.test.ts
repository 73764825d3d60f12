import { GraphBuilder } from '@headstart/onnx'
import { connect, decodeModel, encodeModel, rename } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { translator } from '../src/index.js'
import { tinyFolder } from './folders.js'

const decoder = 'onnx/decoder_model.onnx'

/** A decoder that multiplies large matrices for an hour before it says the same. */
function slowed(bytes: Uint8Array): Uint8Array {
  const graph = decodeModel(bytes)
  const g = new GraphBuilder('slow', { opsets: { '': graph.opsets.get('') ?? 17 } })
  const logits = g.input('said', 'float32', ['batch', 'tokens', 'vocabulary'])
  const nothing = g.op('Mul', [g.op('ReduceSum', [logits], { keepdims: 0 }), g.scalar(0)])
  const matrix = g.op('Expand', [nothing, g.ints([8000, 8000])])
  let product = matrix
  for (let time = 0; time < 100; time++) product = g.op('MatMul', [product, matrix])
  g.output('logits', g.op('Add', [logits, g.op('ReduceSum', [product], { keepdims: 0 })]), 'float32', [])
  const before = rename(graph, { logits: 'before' })
  return encodeModel(connect(before, g.build(), { said: 'before' }).with({ outputs: graph.outputs }))
}

describe('a translator of somebody whose decoder would not come to an end', () => {
  it('is ended by the signal of the one who asks, whose thread is free meanwhile', async () => {
    const folder = await tinyFolder({ decoders: 'apart' }, (files) =>
      files.set(decoder, slowed(files.get(decoder) as Uint8Array)),
    )
    await using opened = await translator(folder)
    let turns = 0
    const turning = setInterval(() => turns++, 10)
    const asked = opened.translate(['open the file'], { signal: AbortSignal.timeout(1000) })
    await expect(asked).rejects.toThrow('timeout')
    clearInterval(turning)
    expect(turns).toBeGreaterThan(20)
  })
})
