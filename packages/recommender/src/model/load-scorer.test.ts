import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { smallItems, smallLists } from '../../test/small-shop.js'
import { Catalog } from '../shop/catalog.js'
import { recommenderOf, scorerOf } from './load-scorer.js'
import { type PackedState, packedStateSchema, StatePacker, unpacker } from './pack-states.js'
import { popularity } from '../scorers/popularity.js'
import type { ScorerState } from '../contract/scorer-state.js'
import { tfIdf } from '../math/tf-idf.js'
import { withNewItems } from '../scorers/with-new-items.js'

const catalog = new Catalog(smallItems)
/** The state as it comes back from a file. */
function throughFile(state: ScorerState): ScorerState {
  const packer = new StatePacker()
  const packed = packer.pack(state)
  const read = packedStateSchema.parse(JSON.parse(JSON.stringify(packed)))
  // As part of a larger buffer, at an odd place.
  const bytes = packer.bytes()
  const file = new Uint8Array(bytes.length + 3)
  file.set(bytes, 3)
  return unpacker(file.subarray(3))(read) as ScorerState
}

it('a recommender that knows new items scores to the last bit alike after it was saved', async () => {
  const wider = new Catalog([...smallItems, { id: 'new', title: 'lamp z' }])
  const recommender = withNewItems(12, tfIdf(wider.texts()))(popularity(historiesOf(smallLists, catalog.size)))
  const again = await recommenderOf(throughFile(recommender.state?.() as ScorerState), wider)
  for (const history of [[], [0], [3, 1, 4], [11, 0, 5, 2, 9]].map(historyOf))
    expect([...(await again.score(history))]).toEqual([...(await recommender.score(history))])
})

describe('states in a file', () => {
  it('have an array that several share once', () => {
    const shared = Float32Array.of(1, 2, 3)
    const state = { kind: 'x', config: {}, arrays: { a: shared, b: shared, c: Uint8Array.of(7) } }
    const packer = new StatePacker()
    const { arrays } = packer.pack(state)
    expect(arrays).toEqual({
      a: { type: 'float32', offset: 0, length: 3 },
      b: { type: 'float32', offset: 0, length: 3 },
      c: { type: 'uint8', offset: 16, length: 1 },
    })
    expect(packer.bytes()).toHaveLength(24)
  })

  it('have whole files beside it, such as networks', () => {
    const packer = new StatePacker()
    const state = { kind: 'x', config: {}, arrays: {}, files: { 'network.onnx': Uint8Array.of(1, 2) }, parts: [] }
    const packed = packer.pack(state)
    expect(packed.files).toEqual(['network.onnx'])
    expect(unpacker(packer.bytes(), packer.files)(packed)).toEqual(state)
    expect(unpacker(packer.bytes())(packed)).toBeUndefined()
  })

  it('are not read where the file is too short', () => {
    const state: PackedState = {
      kind: 'x',
      config: {},
      arrays: { a: { type: 'float64', offset: 8, length: 2 } },
      files: [],
      parts: [],
    }
    expect(unpacker(new Uint8Array(23))(state)).toBeUndefined()
    expect(
      unpacker(new Uint8Array(23))({ kind: 'y', config: {}, arrays: {}, files: [], parts: [state] }),
    ).toBeUndefined()
    expect(unpacker(new Uint8Array(24))(state)?.arrays).toEqual({ a: Float64Array.of(0, 0) })
  })

  it('of other kinds, and with something missing, are refused', () => {
    const refusal = (state: ScorerState) => () => scorerOf(state, catalog)
    expect(refusal({ kind: 'toString', config: {} })).toThrow(
      'saved scorer: expected one of: constant-scores, item-links, ',
    )
    expect(refusal({ kind: 'als', config: { factors: 2, l2: 1 } })).toThrow(
      'saved scorer "als": expected a number "confidence", got none. Train the model again.',
    )
    expect(refusal({ kind: 'constant-scores', config: { name: 'x' }, arrays: { scores: Int32Array.of(1) } })).toThrow(
      'expected "scores" as Float32Array, got "Int32Array"',
    )
    expect(refusal({ kind: 'constant-scores', config: { name: 1 } })).toThrow('expected a text "name", got 1')
    expect(refusal({ kind: 'blend', config: { name: 'b', weights: [1, 2] }, parts: [] })).toThrow(
      'expected 0 weights, got [1,2]',
    )
  })
})
