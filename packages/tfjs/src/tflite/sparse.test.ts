import { describe, expect, it } from 'vitest'
import { dense } from './sparse.js'

describe('a sparse tensor', () => {
  const blocks = {
    // 4 x 4 in blocks of 2 x 2, of which there are two, each written row by row.
    order: [0, 1, 2, 3],
    blockMap: [0, 1],
    levels: [{ size: 2 }, { segments: [0, 1, 2], places: [1, 0] }, { size: 2 }, { size: 2 }],
  }
  const stored = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)

  it('is made whole, block by block', () => {
    expect(dense(blocks, [4, 4], 1, stored)).toEqual(Uint8Array.of(0, 0, 1, 2, 0, 0, 3, 4, 5, 6, 0, 0, 7, 8, 0, 0))
  })

  it('is made whole when it was walked column by column', () => {
    const columns = {
      order: [1, 0],
      blockMap: [],
      levels: [{ size: 3 }, { segments: [0, 1, 1, 3], places: [1, 0, 1] }],
    }
    expect(dense(columns, [2, 3], 2, Uint8Array.of(1, 1, 2, 2, 3, 3))).toEqual(
      Uint8Array.of(0, 0, 0, 0, 2, 2, 1, 1, 0, 0, 3, 3),
    )
  })

  it('is refused where its lists lead beyond it', () => {
    expect(dense(blocks, [4, 4], 1, stored.subarray(1))).toBeUndefined()
    expect(dense(blocks, [4, 3], 1, stored)).toBeUndefined()
    const backwards = { ...blocks, levels: blocks.levels.with(1, { segments: [2, 1], places: [1, 0] }) }
    expect(dense(backwards, [4, 4], 1, stored)).toBeUndefined()
    expect(dense({ ...blocks, levels: [] }, [4, 4], 1, stored)).toBeUndefined()
  })
})
