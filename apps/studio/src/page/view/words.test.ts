import { expect, it } from 'vitest'
import { capitalized } from './words.js'

it('a sentence begins with a capital, but chrF2 is written as the field writes it', () => {
  expect(['accuracy', 'mean error', 'chrF2', 'NDCG@10', ''].map(capitalized)).toEqual([
    'Accuracy',
    'Mean error',
    'chrF2',
    'NDCG@10',
    '',
  ])
})
