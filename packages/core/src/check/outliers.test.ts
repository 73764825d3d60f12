import { expect, it } from 'vitest'
import { zeroMatrix } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import { nearestOthers } from './nearest.js'
import { outliersOf } from './outliers.js'

it('finds what is like no other, the least alike first, and nothing among few or alike', async () => {
  const { normal } = random(0)
  const features = zeroMatrix(40, 8)
  // Two kinds, and two rows between them.
  for (let row = 0; row < 40; row++)
    for (let column = 0; column < 8; column++) {
      const middle = row < 38 ? (column === row % 2 ? 5 : 0) : column === row - 34 ? 5 : 0
      features.data[row * 8 + column] = middle + 0.3 * normal()
    }
  const nearest = await nearestOthers(features, 6, undefined)
  expect(nearest.rows.every((other, at) => other !== Math.floor(at / 6))).toBe(true)
  const found = outliersOf(nearest)
  expect(found.map(({ row }) => row).sort((a, b) => a - b)).toEqual([38, 39])
  expect(found[0]?.likeness).toBeLessThanOrEqual(found[1]?.likeness as number)
  const few = { count: 1, rows: Int32Array.of(1, 0), cosines: Float32Array.of(1, 1) }
  expect(outliersOf(few)).toEqual([])
})
