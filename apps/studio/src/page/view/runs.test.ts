import { describe, expect, it } from 'vitest'
import { methodRows } from './runs.js'

describe('methodRows', () => {
  it('lays methods on one scale, and says which is best and which is kept', () => {
    const score = (value: number) => ({
      measure: 'accuracy',
      value,
      examples: 50,
      interval: [value - 0.1, value + 0.1] as [number, number],
    })
    const rows = methodRows(
      [
        { name: 'frozen', description: '', score: score(0.7), seconds: 1.23, failed: null },
        { name: 'fine-tuned', description: '', score: score(0.8), seconds: 75, failed: null },
        { name: 'scratch', description: '', score: null, seconds: 3, failed: 'There are too few examples.' },
      ],
      'frozen',
    )
    expect(rows.map(({ best, kept }) => [best, kept])).toEqual([
      [false, true],
      [true, false],
      [false, false],
    ])
    expect(rows[0]).toMatchObject({ score: '70.0 %', between: '60 to 80 %', seconds: '1.2 s' })
    expect(rows[1]?.seconds).toBe('1 min 15 s')
    expect(rows[2]).toMatchObject({ score: '–', failed: 'There are too few examples.' })
    const [frozen, tuned] = rows.map(({ bar }) => bar)
    expect(frozen?.low).toBeLessThan(tuned?.low ?? 0)
    expect(tuned?.high).toBeLessThan(1)
  })

  it('lays measures that go up to a hundred on a scale of their own', () => {
    const score = (value: number) => ({
      measure: 'chrF2',
      value,
      examples: 50,
      interval: [value - 4, value + 4] as [number, number],
    })
    const [tuned, untouched] = methodRows(
      [
        { name: 'tuned', description: '', score: score(48.25), seconds: 60, failed: null },
        { name: 'untouched', description: '', score: score(30), seconds: 2, failed: null },
      ],
      'tuned',
    )
    expect(tuned).toMatchObject({ score: '48.3', between: '44.3 to 52.3', best: true })
    expect(untouched?.bar?.at).toBeLessThan(0.4)
    expect(tuned?.bar?.at).toBeGreaterThan(0.6)
  })
})
