import { describe, expect, it } from 'vitest'
import { costOfConfidence, costOfDetection, costOfUnknown, placeOf } from './costs.js'

describe('what bounds cost', () => {
  const confidence = { threshold: [0, 0.5, 0.9, 1], refused: [0, 0.25, 0.6, 1], risk: [0.2, 0.1, 0, null] }

  it('says what is answered, and how much of that is right', () => {
    expect(costOfConfidence(confidence, 0).says).toBe('It answers everything; of its answers 80 % are right.')
    const half = costOfConfidence(confidence, 0.7)
    expect(half.says).toBe('It answers 75 % and leaves 25 % to you; of its answers 90 % are right.')
    expect(half.shares.right + half.shares.wrong + half.shares.refused).toBeCloseTo(1)
    expect(costOfConfidence(confidence, 1).says).toContain('nothing at all')
  })

  it('says what "I don\'t know" spares', () => {
    const familiarity = { threshold: [0.2, 0.4], refused: [0, 0.05], errorsSaved: [0, 0.3], usual: 0.4 }
    expect(costOfUnknown(familiarity, 0.3)).toBe('It answers whatever it is shown, however strange.')
    expect(costOfUnknown(familiarity, 0.4)).toContain('to 5 % of what it should know; that spares 30 %')
  })

  it('says of two classes how many are found', () => {
    const detection = { label: 'spam', threshold: [0, 0.5, 1], precision: [0.4, 0.8, null], recall: [1, 0.7, 0] }
    expect(costOfDetection(detection, 0.6)).toBe('It finds 70 % of what is spam; when it says so, 80 % are.')
    expect(costOfDetection(detection, 1)).toBe('It never says spam.')
  })

  it('finds the place of a threshold between others', () => {
    expect([-1, 0.2, 0.3, 0.5, 9].map((value) => placeOf([0.2, 0.3, 0.5], value))).toEqual([0, 0, 1, 2, 2])
  })
})
