import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bleu } from './bleu.js'
import { chrF2 } from './chrf.js'
import { scoreOf } from './metric.js'
import { tokens13a } from './tokens-13a.js'

interface Fixture {
  readonly version: string
  readonly signatures: Readonly<Record<string, string>>
  readonly tests: readonly {
    readonly hypotheses: readonly string[]
    readonly references: readonly string[]
    readonly chrF2: number
    readonly BLEU: number
  }[]
}
/** Made by make-sacrebleu-scores.py. */
const fixture = JSON.parse(
  readFileSync(new URL('../../test/fixtures/sacrebleu-scores.json', import.meta.url), 'utf8'),
) as Fixture

describe('figures of translations', () => {
  it.each(fixture.tests.map((test) => [test.hypotheses.join(' / ').slice(0, 60), test] as const))(
    'are what sacreBLEU says of "%s"',
    (_, { hypotheses, references, ...expected }) => {
      expect(scoreOf(chrF2, hypotheses, references)).toBeCloseTo(expected.chrF2, 9)
      expect(scoreOf(bleu, hypotheses, references)).toBeCloseTo(expected.BLEU, 9)
    },
  )

  it('have the signature that sacreBLEU gives them', () => {
    expect(`${chrF2.signature}|version:${fixture.version}`).toBe(fixture.signatures['chrF2'])
    expect(`${bleu.signature}|version:${fixture.version}`).toBe(fixture.signatures['BLEU'])
  })

  // Of sacreBLEU's own tests (test_chrf.py, at beta 2).
  it.each([
    ['Niemand hat die Absicht, eine Mauer zu errichten', 'Niemand hat die Absicht, eine Mauer zu errichten', 100],
    ['a', 'a', 100],
    ['a b c', 'abc', 100],
    ['', 'reference', 0],
    ['aa', 'ab', 25],
  ])('chrF2 of "%s" beside "%s" is %f', (hypothesis, reference, expected) => {
    expect(scoreOf(chrF2, [hypothesis], [reference])).toBeCloseTo(expected, 9)
  })

  it('splits as mteval-v13a does', () => {
    expect(tokens13a('Zeile 1.5, (siehe 3-4).')).toEqual('Zeile 1.5 , ( siehe 3 - 4 ) .'.split(' '))
  })
})
