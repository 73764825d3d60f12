import { int64, Session, type Tensors } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { tokenNodes, type TokenNodesOptions } from './exported-tokens.js'

const all: TokenNodesOptions = {
  inputs: [
    { name: 'input_ids', type: 'int32' },
    { name: 'attention_mask', type: 'int64' },
    { name: 'token_type_ids', type: 'int32' },
    { name: 'position_ids', type: 'int64' },
  ],
  maxLength: 4,
  after: [8, 9],
  firstPosition: 2,
}

/** What becomes of rows of ids, in which 0 fills up. */
async function run(options: TokenNodesOptions, rows: number[][]): Promise<Record<string, number[]>> {
  const dims = [rows.length, rows[0]?.length ?? 0]
  const ids = rows.flat()
  const feeds: Tensors = {
    input_ids: int64(dims, ids),
    attention_mask: int64(
      dims,
      ids.map((id) => Math.min(id, 1)),
    ),
    token_type_ids: int64(
      dims,
      ids.map(() => 0),
    ),
  }
  await using session = await Session.create(tokenNodes(options).graph)
  const taken = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name] as Tensors[string]]))
  const given = Object.entries(await session.run(taken))
  return Object.fromEntries(given.map(([name, { data }]) => [name, Array.from(data as Int32Array, Number)]))
}

describe('tokenNodes', () => {
  it('ends a row of the full length as every text ends, and leaves shorter ones as they are', async () => {
    const rows = [
      [1, 2, 3, 4],
      [1, 2, 9, 0],
    ]
    expect(await run(all, rows)).toMatchObject({ 'tokens/input_ids': [1, 2, 8, 9, 1, 2, 9, 0] })
    expect(await run(all, [[1, 2, 3]])).toMatchObject({ 'tokens/input_ids': [1, 2, 3] })
  })

  it('counts positions from the first on, in every row', async () => {
    const given = await run(all, [
      [1, 2, 3],
      [1, 2, 0],
    ])
    expect(given['tokens/position_ids']).toEqual([2, 3, 4, 2, 3, 4])
    expect(given['tokens/attention_mask']).toEqual([1, 1, 1, 1, 1, 0])
  })

  it('takes what the network takes, in the types in which tokenizers give it', async () => {
    const [ids, mask] = all.inputs as [(typeof all.inputs)[number], (typeof all.inputs)[number]]
    const { graph, wiring } = tokenNodes({ ...all, inputs: [ids, mask] })
    expect(wiring).toEqual({ input_ids: 'tokens/input_ids', attention_mask: 'tokens/attention_mask' })
    expect(graph.inputs.map(({ name, type }) => [name, type])).toEqual([
      ['input_ids', 'int64'],
      ['attention_mask', 'int64'],
    ])
    expect(graph.outputs.map(({ type }) => type)).toEqual(['int32', 'int64'])
    expect(await run({ ...all, inputs: [ids], after: [] }, [[5, 6, 7, 8]])).toEqual({
      'tokens/input_ids': [5, 6, 7, 8],
    })
  })
})
