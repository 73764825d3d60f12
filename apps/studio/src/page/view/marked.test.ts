import { describe, expect, it } from 'vitest'
import { markedInWords, markedParts } from './marked.js'

describe('marked words', () => {
  const parts = markedParts([
    { text: 'Where ', weight: 0.01 },
    { text: 'is ', weight: -0.5 },
    { text: 'my parcel', weight: 2 },
  ])

  it('marks them relative to the weightiest, and not those that weigh next to nothing', () => {
    expect(parts.map(({ strength }) => strength)).toEqual([0, -0.25, 1])
  })

  it('says in words what the marks say', () => {
    expect(markedInWords(parts)).toBe('For it: "my parcel". Against it: "is".')
    expect(markedInWords([])).toBe('No word speaks clearly for it.')
  })
})
