import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { valenceOf } from '../src/knowledge/vader.js'
import { reviewSentences } from './review-sentences.js'

const require = createRequire(import.meta.url)
const { SentimentIntensityAnalyzer } = require('vader-sentiment') as {
  SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number; pos: number; neg: number } }
}
const { vader } = JSON.parse(readFileSync(new URL('../assets/polarity/en.json', import.meta.url), 'utf8')) as {
  vader: Record<string, number>
}
const lexicon = new Map(Object.entries(vader))

describe('valenceOf', () => {
  const odd = [
    '',
    'a',
    '!!!',
    'The book was good.',
    'NOT good, but VERY bad!!',
    'At least it was great. The least great of all.',
    'It was never so good; never this bad; it is sort of nice, kind of sad, just enough joy',
    "yeah right, that was the shit :) :-( and the kiss of death, isn't it???",
    'cut the mustard, bad ass, the bomb, hand to mouth happy',
    '"Wonderful!" he said: (awful) ... terrible?!?',
    'sehr schön und nicht schlecht',
    'без слов 电影',
  ]
  it.each(odd)('is what the package vader-sentiment says: %j', (text) =>
    expect(differenceOf(text)).toBeLessThan(0.0011),
  )

  it('and so it is of sentences of reviews', () => {
    const wrong = reviewSentences().filter((text, index) => index % 10 === 0 && !(differenceOf(text) < 0.0011))
    expect(wrong).toEqual([])
  })
})

/** The largest difference to what the package says, which rounds to 3 and 4 digits. */
function differenceOf(text: string): number {
  const { compound, positive, negative } = valenceOf(text, lexicon)
  const { compound: theirs, pos, neg } = SentimentIntensityAnalyzer.polarity_scores(text)
  const rounded = [compound.toFixed(4), positive.toFixed(3), negative.toFixed(3)].map(Number)
  return Math.max(...[theirs, pos, neg].map((value, place) => Math.abs((rounded[place] as number) - value)))
}
