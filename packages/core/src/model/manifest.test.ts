import { describe, expect, it } from 'vitest'
import { ModelFolderError } from '../contract/errors.js'
import { formatManifest, type Manifest, parseManifest } from './manifest.js'

const manifest: Manifest = {
  format: 'headstart-model',
  formatVersion: 1,
  task: 'classification',
  labels: ['no', 'yes'],
  backbone: {
    id: 'tiny',
    modality: 'text',
    fingerprint: 'abc',
    output: 'features',
    stages: [{ name: 'all', output: 'features' }],
  },
  preprocessing: { id: 'letters/1', config: { maxLetters: 64 } },
  recipe: { strategy: 'head', seed: 0, l2: 0.1, folds: 5, classWeight: { no: 1, yes: 2.5, '10': 1, '9': 1 } },
  training: { examples: 20, totals: [10, 10] },
  metrics: {
    crossValidation: {
      task: 'classification',
      examples: 20,
      accuracy: 0.75,
      macroF1: 0.7,
      logLoss: 0.5,
      calibrationError: 0.1,
      baseline: {
        method: 'majority-class',
        label: 'no',
        accuracy: 0.5,
        macroF1: 0.3,
        logLoss: 0.69,
        calibrationError: 0,
      },
      intervals: { accuracy: [0.5, 0.9], macroF1: [0.5, 0.9], logLoss: [0.2, 0.8], calibrationError: [0, 0.2] },
      perClass: ['no', 'yes'].map((label) => ({ label, precision: 0.7, recall: 0.8, f1: 0.75, support: 10 })),
      confusion: {
        labels: ['no', 'yes'],
        matrix: [
          [8, 2],
          [3, 7],
        ],
      },
    },
  },
  files: { 'model.onnx': 'def' },
}
const report = manifest.metrics.crossValidation
const text = formatManifest(manifest)

/** The manifest with a field changed, and signed anew. */
const signed = (change: object): string => formatManifest({ ...manifest, ...change } as Manifest)

function refusal(changed: string): ModelFolderError {
  try {
    parseManifest('the-model', changed)
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFolderError)
    return error as ModelFolderError
  }
  expect.fail('it was taken')
}

describe('the manifest', () => {
  it('is read as it was written', () => {
    expect(parseManifest('the-model', text)).toEqual(manifest)
    const unmeasured = { metrics: { crossValidation: null } }
    expect(parseManifest('the-model', signed(unmeasured))).toEqual({ ...manifest, ...unmeasured })
    expect(text.endsWith('}\n')).toBe(true)
  })

  it('may be formatted by another tool, the order of its fields kept', () => {
    expect(parseManifest('the-model', JSON.stringify(JSON.parse(text)))).toEqual(manifest)
  })

  it.each(['', '{', text.slice(0, text.length / 2), 'PK\u0003\u0004'])('is refused as no JSON: %j', (changed) => {
    expect(refusal(changed).message).toBe(
      'the-model: expected headstart.json to be JSON, got a file that is cut short or no JSON. ' +
        'The model was changed or copied in part: copy or train it again.',
    )
  })

  it.each(['null', '[]', '"text"', '7', '{}', '{"format":"other"}'])('is refused as something else: %s', (json) => {
    expect(refusal(json).message).toContain('expected headstart.json of a model, got field "format"')
  })

  it.each<[string, object]>([
    ['task', { task: 'segmentation' }],
    ['labels', { labels: ['no', 1] }],
    ['labels', { labels: undefined }],
    ['backbone.modality', { backbone: { ...manifest.backbone, modality: 7 } }],
    ['backbone.stages', { backbone: { ...manifest.backbone, stages: 'all' } }],
    ['preprocessing.config', { preprocessing: { id: 'x', config: [] } }],
    ['recipe.strategy', { recipe: { ...manifest.recipe, strategy: 'magic' } }],
    ['recipe.head', { recipe: { ...manifest.recipe, head: 'oracle' } }],
    ['recipe.l2', { recipe: { ...manifest.recipe, l2: 'weak' } }],
    ['recipe.classWeight', { recipe: { ...manifest.recipe, classWeight: 'by magic' } }],
    ['training.examples', { training: {} }],
    ['training.totals', { training: { examples: 20 } }],
    ['metrics.crossValidation.accuracy', { metrics: { crossValidation: { ...report, accuracy: 'high' } } }],
    ['metrics.crossValidation.task', { metrics: { crossValidation: { ...report, task: 'segmentation' } } }],
    ['files', { files: { 'model.onnx': 5 } }],
    ['formatVersion', { formatVersion: 0 }],
    ['formatVersion', { formatVersion: '1' }],
  ])('is refused with a wrong %s', (field, change) => {
    expect(refusal(signed(change)).got).toContain(`field "${field}`)
  })

  it('is refused when it is of a newer format, whatever else is in it', () => {
    const newer = JSON.stringify({ format: 'headstart-model', formatVersion: 2, novelty: true })
    expect(refusal(newer).message).toBe(
      'the-model: expected format version 1 or older, got version 2, written by a newer Headstart. ' +
        'Update Headstart, or save the model again with this version.',
    )
  })

  it.each([
    ['strategy', 'magic', 'Invalid option: expected one of "head"|"joint"|"contrastive"|"zero-shot"'],
    ['head', 'oracle', 'Invalid option: expected one of "linear"|"prototype"|"nearest"'],
  ])('is of a newer version where it is whole and its %s is not known', (name, value, message) => {
    const { recipe } = manifest
    expect(refusal(signed({ recipe: { ...recipe, [name]: value } })).message).toBe(
      `the-model: expected headstart.json of a model that this version knows, got field "recipe.${name}": ${message}, ` +
        'written by a newer Headstart. Update Headstart, or save the model again with this version.',
    )
  })

  it('is damaged where a strategy that is not known was written into it by hand', () => {
    const { expected, got, remedy } = refusal(text.replace('"strategy": "head"', '"strategy": "magic"'))
    expect(expected).toBe('headstart.json of a model')
    expect(got).toMatch(/^field "recipe.strategy": Invalid option: expected one of [^,]*$/)
    expect(remedy).toBe('The model was changed or copied in part: copy or train it again.')
  })

  it('may have a field that this version does not know', () => {
    const recipe = { ...manifest.recipe, novelty: [1, { two: 2 }] }
    expect(parseManifest('the-model', signed({ recipe, novelty: true }))).toEqual({ ...manifest, recipe })
  })

  it('says null for a figure that is no number', () => {
    const unknown = { crossValidation: { ...report, logLoss: Number.NaN } }
    const { metrics } = parseManifest('the-model', signed({ metrics: unknown }))
    expect(metrics).toEqual({ crossValidation: { ...report, logLoss: Number.NaN } })
  })

  it('is refused when it is of another kind of folder', () => {
    expect(refusal(signed({ format: 'headstart-recommender' })).message).toBe(
      'the-model: expected a folder of the kind headstart-model, got one of the kind headstart-recommender. Use it with what is made for its kind.',
    )
  })

  it.each([
    ['a label', ['"yes"', '"yep"']],
    ['a figure', ['0.75', '0.95']],
    ['a hash', ['"def"', '"deg"']],
    ['the integrity', ['"integrity": "', '"integrity": "0']],
    ['a field taken away', ['"classWeight"', '"classWeights"']],
  ] as const)('is refused when it was edited: %s', (_what, [from, to]) => {
    const { message } = refusal(text.replace(from, to))
    expect(message).toContain('expected headstart.json as it was saved, got other contents')
  })

  it('is refused without its integrity', () => {
    const { integrity: _, ...content } = JSON.parse(text)
    expect(refusal(JSON.stringify(content)).got).toBe('other contents')
  })
})
