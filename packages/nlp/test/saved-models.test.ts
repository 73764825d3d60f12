import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dataset, loadModel, type Target } from '../src/index.js'
import { type Example } from '@headstart/core'
import { describeModel } from '@headstart/core/kit'
import { nearly } from '@headstart/core/test'

/** What a model said of itself and answered when it was saved; the script that asked it stands beside. */
interface Answers {
  readonly description: object
  readonly backbone: object
  readonly recipe: object
  readonly validation: object | null
  readonly inputs: readonly string[]
  readonly predictions: readonly object[]
  readonly examples: readonly Example<string, Target>[]
  readonly report: object
}

const saved = new URL('fixtures/saved/', import.meta.url)
const answersOf = JSON.parse(readFileSync(new URL('answers.json', saved), 'utf8')) as Record<string, Answers>
const kinds = Object.entries(answersOf)
const folderOf = (kind: string): string => fileURLToPath(new URL(kind, saved))

describe('a model that was saved by an older version', () => {
  it('is there of every kind', () => {
    expect(readdirSync(saved).sort()).toEqual([...kinds.map(([kind]) => kind), 'answers.json'].sort())
  })

  it.each(kinds)('is what it was and answers as it did: %s', async (kind, answers) => {
    expect(await describeModel(folderOf(kind))).toEqual(answers.description)
    const model = await loadModel<Target>(folderOf(kind))
    expect(model.backbone).toMatchObject(answers.backbone)
    expect(model.recipe).toEqual(answers.recipe)
    expect(model.validation ?? null).toEqual(answers.validation)
    expect(await model.predict(answers.inputs)).toEqual(nearly(answers.predictions))
  })

  // A report may tell more than it did.
  it.each(kinds)('has the figures that it had: %s', async (kind, { examples, report }) => {
    const model = await loadModel<Target>(folderOf(kind))
    expect(await model.evaluate(dataset(examples), { cache: false })).toMatchObject(nearly(report) as object)
  })
})
