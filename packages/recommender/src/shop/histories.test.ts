import { describe, expect, it } from 'vitest'
import { historiesOf } from '../../test/histories.js'
import { positives, type PositivesOptions } from './histories.js'
import type { Interactions } from './interactions.js'
import { leaveOneOut, timeSplit } from './split-histories.js'

type Row = readonly [user: number, item: number, time: number, value?: number]

const interactionsOf = (rows: readonly Row[], more: Partial<Interactions> = {}): Interactions => ({
  users: ['u', 'v', 'w'],
  user: Int32Array.from(rows, ([user]) => user),
  item: Int32Array.from(rows, ([, item]) => item),
  time: Float64Array.from(rows, ([, , time]) => time),
  clock: 'time',
  value: Float32Array.from(rows, ([, , , value]) => value ?? Number.NaN),
  valueKind: 'none',
  ...more,
})
const listsOf = (rows: readonly Row[], options?: PositivesOptions, more?: Partial<Interactions>) => {
  const histories = positives(interactionsOf(rows, more), 10, options)
  return Array.from(histories.users, (user, place) => [user, ...histories.at(place).items])
}

describe('positives', () => {
  it('are in the order of time, those of one time in the order of the file', () => {
    expect(
      listsOf([
        [1, 5, 9],
        [0, 1, 3],
        [1, 4, 9],
        [0, 2, 1],
        [1, 3, 9],
      ]),
    ).toEqual([
      [0, 2, 1],
      [1, 5, 4, 3],
    ])
  })

  it('are the first occurrence of each item, or all of them without duplicate rows', () => {
    const rows: Row[] = [
      [0, 1, 1],
      [0, 2, 2],
      [0, 1, 3],
      [0, 1, 3],
    ]
    expect(listsOf(rows)).toEqual([[0, 1, 2]])
    expect(listsOf(rows, { repeats: true })).toEqual([[0, 1, 2, 1]])
  })

  it('are what reaches the threshold; an empty value does', () => {
    const rows: Row[] = [
      [0, 1, 1, 4],
      [0, 2, 2, 3.5],
      [0, 3, 3],
      [1, 1, 1, 3],
    ]
    expect(listsOf(rows, {}, { valueKind: 'rating', bestRating: 5 })).toEqual([[0, 1, 3]])
    expect(listsOf(rows, { threshold: 3.5 })).toEqual([[0, 1, 2, 3]])
  })

  it('are not what the user disliked later', () => {
    const rows: Row[] = [
      [0, 1, 1, 5],
      [0, 2, 2, 5],
      [0, 1, 3, 1],
      [1, 1, 4, 5],
    ]
    expect(listsOf(rows, {}, { valueKind: 'rating', bestRating: 5, dislikedTo: 1 })).toEqual([
      [0, 2],
      [1, 1],
    ])
  })

  it('leave users with fewer than the minimum out', () => {
    expect(
      listsOf(
        [
          [0, 1, 1],
          [1, 1, 1],
          [1, 2, 2],
        ],
        { minimum: 2 },
      ),
    ).toEqual([[1, 1, 2]])
  })

  it('need a threshold that is a number', () => {
    expect(() => listsOf([[0, 1, 1]], { threshold: Number.NaN })).toThrow(
      'positives: expected a number as threshold, got NaN.',
    )
  })
})

const plain = ({ train, cases }: ReturnType<typeof leaveOneOut>) => ({
  train: Array.from(train.users, (user, place) => [user, ...train.at(place).items]),
  cases: cases.map(({ user, history, target, time }) => ({ user, history: [...history.items], target, time })),
})

describe('leaveOneOut', () => {
  const histories = historiesOf([[3, 1, 2], [4]], 5)

  it('asks for the last of each user and learns from those before', () => {
    expect(plain(leaveOneOut(histories))).toEqual({
      train: [[0, 3, 1], [1]],
      cases: [{ user: 0, history: [3, 1], target: 2, time: 2 }],
    })
  })

  it('asks further back without learning from what came later', () => {
    expect(plain(leaveOneOut(histories, 2))).toEqual({
      train: [[0, 3], [1]],
      cases: [{ user: 0, history: [3], target: 1, time: 1 }],
    })
    expect(() => leaveOneOut(histories, 0)).toThrow('leaveOneOut: expected a whole number from 1 on for back, got 0.')
  })
})

describe('timeSplit', () => {
  it('learns from all before one moment and asks for the first after it, of new users as well', () => {
    const histories = historiesOf(
      [
        [0, 1, 2],
        [1, 2],
        [3, 0],
      ],
      4,
      [
        [1, 2, 3],
        [2, 3],
        [8, 9],
      ],
    )
    expect(plain(timeSplit(histories, 0.2))).toEqual({
      train: [[0, 0, 1, 2], [1, 1, 2], [2]],
      cases: [{ user: 2, history: [], target: 3, time: 8 }],
    })
    expect(() => timeSplit(histories, 1)).toThrow('timeSplit: expected a share between 0 and 1, got 1.')
  })
})
