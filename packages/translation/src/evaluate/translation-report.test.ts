import { describe, expect, it } from 'vitest'
import { reportTranslations } from './translation-report.js'

const pairs = [
  { source: 'Open {name}', target: '{name} öffnen' },
  { source: 'Close the file', target: 'Datei schließen' },
  { source: 'Save %s now', target: '%s jetzt speichern' },
]
describe('a report on translations', () => {
  const report = reportTranslations(pairs, [
    ['translator', ['{name} öffnen', 'Datei schließen', 'jetzt speichern']],
    ['before', ['Öffne name', 'Akte', 'Rettet %s']],
  ])

  it('sets them beside those of before and the copied source, with intervals that hold the figure', () => {
    expect(report.rows.map(({ method }) => method)).toEqual(['translator', 'before', 'copied source'])
    const [own, before, copied] = report.rows
    expect(own?.chrf.score).toBeGreaterThan(before?.chrf.score as number)
    expect(copied?.lengthRatio).toBeCloseTo(36 / 46, 9)
    for (const { chrf, bleu } of report.rows) {
      for (const { score, interval } of [chrf, bleu]) {
        expect(interval[0]).toBeLessThanOrEqual(score)
        expect(interval[1]).toBeGreaterThanOrEqual(score)
      }
    }
  })

  it('counts the texts whose placeholders are kept', () => {
    expect(report.rows.map(({ placeholders }) => placeholders)).toEqual([
      { kept: 1, texts: 2 },
      { kept: 1, texts: 2 },
      { kept: 2, texts: 2 },
    ])
  })

  it('shows the worst ones first, and says how it counts', () => {
    expect(report.worst[0]).toMatchObject({ source: 'Save %s now', translation: 'jetzt speichern' })
    expect(report.worst[0]?.chrf).toBeLessThan(100)
    expect(report.text()).toContain('nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp')
    expect(report.json).toMatchObject({ kind: 'translation', pairs: 3 })
  })
})
