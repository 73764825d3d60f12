import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dataset, loadModel } from '../src/index.js'
import { type Example } from '@headstart/core'
import { describeModel } from '@headstart/core/kit'
import { nearly } from '@headstart/core/test'

/** What a model said of itself and answered when it was saved; the script that asked it stands beside. */
interface Answers {
  readonly description: object
  readonly backbone: object
  readonly recipe: object
  readonly validation: object | null
  /** Names of pictures, and their labels. */
  readonly examples: readonly Example<string>[]
  readonly predictions: readonly object[]
  readonly tolerance: number
  readonly report: object | null
}

const saved = new URL('fixtures/saved/', import.meta.url)
const answersOf = JSON.parse(readFileSync(new URL('answers.json', saved), 'utf8')) as Record<string, Answers>
const kinds = Object.entries(answersOf)
const folderOf = (kind: string): string => fileURLToPath(new URL(kind, saved))
const pictureOf = (name: string): URL => new URL(`pictures/${name}`, saved)

describe('a model of pictures that was saved by an older version', () => {
  it('is there of every kind', () => {
    expect(readdirSync(saved).sort()).toEqual([...kinds.map(([kind]) => kind), 'answers.json', 'pictures'].sort())
  })

  it.each(kinds)('is what it was and answers as it did: %s', async (kind, answers) => {
    expect(await describeModel(folderOf(kind))).toEqual(answers.description)
    const model = await loadModel(folderOf(kind))
    expect(model.backbone).toMatchObject(answers.backbone)
    expect(model.recipe).toEqual(answers.recipe)
    expect(model.validation ?? null).toEqual(answers.validation)
    const pictures = answers.examples.map(({ input }) => pictureOf(input))
    expect(await model.predict(pictures)).toEqual(nearly(answers.predictions, answers.tolerance))
  })

  const measured = kinds.filter(([, { report }]) => report)
  // A report may tell more than it did.
  it.each(measured)('has the figures that it had: %s', async (kind, { examples, report }) => {
    const model = await loadModel(folderOf(kind))
    const data = dataset(examples.map(({ input, label }) => ({ input: pictureOf(input), label })))
    expect(await model.evaluate(data, { cache: false })).toMatchObject(nearly(report) as object)
  })

  it('says which input is no picture at all', async () => {
    const [[kind, { examples }] = ['', { examples: [] }]] = measured
    const model = await loadModel(folderOf(kind))
    const [picture = ''] = examples.map(({ input }) => pictureOf(input))
    await expect(model.predict([picture, 42 as never])).rejects.toThrow(/^input 2 of 2: expected a path, .*, got 42\. /)
    await expect(model.predict([undefined as never])).rejects.toThrow(
      /^input 1 of 1: expected a path, .*, got undefined\. /,
    )
  })
})
