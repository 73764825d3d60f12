import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadRecommender } from '../src/index.js'
import { type Answer, ask, measure, type Question } from './ask-recommender.js'
import { nearly } from '@headstart/core/test'
import type { Lists } from './small-shop.js'

/** What a recommender said of itself and answered when it was saved; the script that asked it stands beside. */
interface Answers {
  readonly recipe: object
  readonly training: object
  readonly validation: readonly object[]
  readonly items: readonly object[]
  readonly questions: readonly (Question & Answer)[]
  readonly measured: readonly { readonly lists: Lists; readonly report: object; readonly notices: readonly string[] }[]
}

const saved = new URL('fixtures/saved/', import.meta.url)
const answersOf = JSON.parse(readFileSync(new URL('answers.json', saved), 'utf8')) as Record<string, Answers>
const kinds = Object.entries(answersOf)
const load = (kind: string) => loadRecommender(fileURLToPath(new URL(kind, saved)))

describe('a recommender that was saved by an older version', () => {
  it('is there of every kind', () => {
    expect(readdirSync(saved).sort()).toEqual([...kinds.map(([kind]) => kind), 'answers.json'].sort())
  })

  it.each(kinds)('is what it was and recommends as it did: %s', async (kind, answers) => {
    const model = await load(kind)
    const {
      recipe,
      training,
      validation,
      catalog: { items },
    } = model
    const { questions, measured: _, ...itself } = answers
    expect({ recipe, training, validation, items }).toEqual(itself)
    for (const { list, notices, ...question } of questions) {
      // Scores have no unit: what they may be off by goes by the highest.
      const scale = Math.min(1, ...list.slice(0, 1).map(({ score }) => Math.abs(score)))
      expect(await ask(model, question)).toEqual({ list: nearly(list, 1e-6 * scale), notices })
    }
  })

  it.each(kinds)('is as good as it was: %s', async (kind, { measured }) => {
    const model = await load(kind)
    for (const { lists, ...expected } of measured) expect(await measure(model, lists)).toEqual(nearly(expected))
  })
})
