import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dataset, type Example, loadModel, type Model } from '../src/index.js'
import { maskedLettersLoader } from './layered-backbone.js'
import { nearly } from '../src/test/nearly.js'
import { lettersLoader } from './tiny-backbone.js'

/** What a model said of itself and answered when it was saved; the script that asked it stands beside. */
interface Answers {
  readonly recipe: object
  readonly training: object
  readonly validation: object | null
  readonly backbone: object
  readonly inputs: readonly string[]
  readonly predictions: readonly object[]
  readonly examples: readonly Example<string>[]
  readonly report: object
}

const saved = new URL('fixtures/saved/', import.meta.url)
const answersOf = JSON.parse(readFileSync(new URL('answers.json', saved), 'utf8')) as Record<string, Answers>
const kinds = Object.entries(answersOf)

function load(kind: string): Promise<Model<string>> {
  return loadModel(fileURLToPath(new URL(kind, saved)), [lettersLoader, maskedLettersLoader])
}

describe('a model with a preprocessing of its own that was saved by an older version', () => {
  it('is there of every kind', () => {
    expect(readdirSync(saved).sort()).toEqual([...kinds.map(([kind]) => kind), 'answers.json'].sort())
  })

  it.each(kinds)('is what it was and answers as it did: %s', async (kind, answers) => {
    const model = await load(kind)
    const { recipe, training, validation = null } = model
    expect({ recipe, training, validation }).toEqual({
      recipe: answers.recipe,
      training: answers.training,
      validation: answers.validation,
    })
    expect(model.backbone).toMatchObject(answers.backbone)
    expect(await model.predict(answers.inputs)).toEqual(nearly(answers.predictions))
  })

  // A report may tell more than it did.
  it.each(kinds)('has the figures that it had: %s', async (kind, { examples, report }) => {
    expect(await (await load(kind)).evaluate(dataset(examples), { cache: false })).toMatchObject(
      nearly(report) as object,
    )
  })
})
