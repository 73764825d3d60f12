import { describe, expect, it } from 'vitest'
import { bounded, broadcast, isOneMove, mergeAxes, range, reshapedNarrow } from './shapes.js'

describe('shapes', () => {
  it('broadcast, aligned at the last axis', () => {
    expect(broadcast([2, 3, 4], [4], [3, 1])).toEqual([2, 3, 4])
    expect(broadcast([], [1])).toEqual([1])
    expect(broadcast([2, 1], [0])).toEqual([2, 0])
  })

  it('count', () => {
    expect(range(2, 5)).toEqual([2, 3, 4])
    expect(range(2, 2)).toEqual([])
  })

  it('merge neighboring axes that are reduced, and those that are not', () => {
    expect(mergeAxes([2, 3, 4, 5], [0, 1])).toEqual({ merged: [6, 20], reduced: [0] })
    expect(mergeAxes([2, 3, 4, 5], [0, 2, 3])).toEqual({ merged: [2, 3, 20], reduced: [0, 2] })
    expect(mergeAxes([2, 1, 3, 1], [1, 2])).toEqual({ merged: [2, 3], reduced: [1] })
  })

  it('keep cuts in bounds', () => {
    expect(bounded({ axis: 0, start: -2, end: 99 }, 5)).toEqual({ axis: 0, start: 3, end: 5, step: 1 })
    expect(bounded({ axis: 0, start: 99, end: -99, step: -2 }, 5)).toEqual({ axis: 0, start: 4, end: -1, step: -2 })
  })

  it('move one axis past others, or more', () => {
    for (const perm of [
      [0, 1, 2],
      [1, 2, 3, 0],
      [3, 0, 1, 2],
      [0, 2, 3, 1],
      [0, 2, 1, 3],
      [2, 3, 0, 1],
      [1, 0, 2],
    ]) {
      expect(isOneMove(perm), perm.join()).toBe(true)
    }
    for (const perm of [
      [2, 1, 0],
      [3, 1, 2, 0],
      [1, 0, 3, 2],
    ])
      expect(isOneMove(perm), perm.join()).toBe(false)
  })

  it('say what is repeated after a reshape, where that is the same numbers', () => {
    expect(reshapedNarrow([6, 1], [6, 4], [2, 3, 2, 2])).toEqual([2, 3, 1, 1])
    expect(reshapedNarrow([2, 3, 1, 1], [2, 3, 2, 2], [6, 4])).toEqual([6, 1])
    expect(reshapedNarrow([2, 1], [2, 3], [2, 1, 3])).toEqual([2, 1, 1])
    expect(reshapedNarrow([1, 1], [1, 1], [])).toEqual([])
    expect(reshapedNarrow([2, 1], [2, 3], [6])).toBeUndefined()
    expect(reshapedNarrow([2, 1], [2, 3], [3, 2])).toBeUndefined()
    expect(reshapedNarrow([3], [2, 3], [6])).toBeUndefined()
  })
})
