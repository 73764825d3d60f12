import { readdirSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportModel, type Model, type Target } from '@headstart/core'
import { DataError } from '@headstart/core/kit'
import { nearly } from '@headstart/core/test'
import { int64, Session } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { Tokenizer } from '@huggingface/tokenizers'
import { env, pipeline } from '@huggingface/transformers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { docsExamples, pythonWith, runPython } from '../../../docs-examples.js'
import { fineTune, loadModel, transformersBackbone, universalSentenceEncoder } from '../src/index.js'
import { robertaFiles } from '../src/test/index.js'
import { fewSentences } from './few-sentences.js'
import { oddTexts } from './odd-texts.js'
import { publish } from './publish.js'

const folder = await mkdtemp(join(tmpdir(), 'headstart-export-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeAll(() => Object.assign(env, { localModelPath: folder, allowRemoteModels: false, useFSCache: false }))

const saved = new URL('fixtures/saved/', import.meta.url)
const kinds = readdirSync(saved).filter((name) => !name.endsWith('.json'))
const openSaved = (kind: string): Promise<Model<string, Target>> => loadModel(fileURLToPath(new URL(kind, saved)))

const longText = 'the food was good and the room was bad '.repeat(30)
const texts = ['good', 'The food was great!', 'Größe 12: naïve café', 'Friendly staff , terrible room .', longText]

/** Whatever its labels are. */
type Asked = Pick<Model<string, Target>, 'exports'> & { predict(texts: string[]): Promise<object[]> }

/** Probabilities of every label by the pipeline of Transformers.js. */
async function byTransformers(model: Asked, name: string, asked: string[]): Promise<object[]> {
  await exportModel(model, 'transformers', join(folder, name))
  const classify = await pipeline('text-classification', name)
  const answers = (await classify(asked, { top_k: null })) as unknown as { label: string; score: number }[][]
  await classify.dispose()
  return answers.map((answer) => Object.fromEntries(answer.map(({ label, score }) => [label, score])))
}

/** The same by the one file, used as the Python lines of docs/export.md do. */
async function byOnnx(model: Asked, asked: string[]): Promise<object[]> {
  const graph = decodeModel((await model.exports['onnx']?.make()) as Uint8Array, 'exported')
  const about = (name: string): never => JSON.parse(graph.metadata.get(`headstart.${name}`) as string) as never
  const json = about('tokenizer') as { truncation: { max_length: number }; padding: { pad_id: number } }
  const tokenizer = new Tokenizer(json, {})
  const labels = about('labels') as string[]
  await using session = await Session.create(graph)
  const answers: object[] = []
  for (const text of asked) {
    const ids = tokenizer.encode(text).ids.slice(0, json.truncation.max_length)
    const row = (values: number[]) => int64([1, ids.length], values)
    const given: Record<string, ReturnType<typeof row>> = {
      input_ids: row(ids),
      attention_mask: row(ids.map(() => 1)),
      token_type_ids: row(ids.map(() => 0)),
    }
    const feeds = Object.fromEntries(session.inputs.map(({ name }) => [name, given[name] as ReturnType<typeof row>]))
    const { probabilities } = await session.run(feeds)
    const values = probabilities?.data as Float32Array
    answers.push(Object.fromEntries(labels.map((label, column) => [label, values[column]])))
  }
  return answers
}

async function probabilities(model: Asked, asked: string[]): Promise<unknown[]> {
  return (await model.predict(asked)).map((answer) => 'probabilities' in answer && answer.probabilities)
}

describe('a model that is exported for Transformers.js', () => {
  it.each(kinds.filter((kind) => kind !== 'regression' && kind !== 'long-texts-in-parts'))(
    'is opened by its pipeline and answers the same: %s',
    async (kind) => {
      const model = await openSaved(kind)
      const answers = await byTransformers(model, kind, texts)
      expect(answers).toEqual(nearly(await probabilities(model, texts), 1e-5))
      expect(await byOnnx(model, texts)).toEqual(nearly(await probabilities(model, texts), 1e-5))
    },
  )

  it.each(['linear', 'nearest', 'prototype'] as const)('answers the same with another head: %s', async (head) => {
    const backbone = await transformersBackbone(await publish(robertaFiles()), { prefix: 'query: ', pooling: 'cls' })
    const model = await fineTune(backbone, fewSentences(), { cache: false, head })
    const answers = await byTransformers(model, `head-${head}`, texts)
    expect(answers).toEqual(nearly(await probabilities(model, texts), 1e-5))
  })

  it('answers the same on the built-in encoder, odd texts too', async () => {
    const model = await fineTune(await universalSentenceEncoder(), fewSentences(), { cache: false })
    const asked = [...Object.values(oddTexts), ...texts, ':) good', ' :( bad', 'a :) b', '<s> :: a']
    const answers = await byTransformers(model, 'built-in', asked)
    expect(answers).toEqual(nearly(await probabilities(model, asked), 1e-5))
  })
})

describe('a model that no pipeline can answer as', () => {
  it.each([
    ['regression', /expected one for classification or multi-label, .*text-classification.*, got one for regression/],
    ['long-texts-in-parts', /expected one that reads the beginning of long texts, got one that reads them in parts/],
  ])('is refused before anything is written: %s', async (kind, says) => {
    const model = await openSaved(kind)
    const exporting = exportModel(model, 'transformers', join(folder, kind))
    await expect(exporting).rejects.toThrow(says)
    await expect(exporting).rejects.toBeInstanceOf(DataError)
    expect(readdirSync(folder)).not.toContain(kind)
    expect(await model.exports['onnx']?.make()).toBeInstanceOf(Uint8Array)
  })
})

describe('docs/export.md', () => {
  it('has programs that run as they stand', async () => {
    // Inside the package, so that they find what they import.
    const home = await mkdtemp(fileURLToPath(new URL('.docs-', import.meta.url)))
    const before = process.cwd()
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      await cp(new URL('head', saved), join(home, 'my-model'), { recursive: true })
      await mkdir(join(home, 'public/models'), { recursive: true })
      process.chdir(home)
      for (const [language, ending] of [
        ['ts', 'ts'],
        ['js', 'mjs'],
      ] as const) {
        const [code = ''] = docsExamples('export.md', language)
        await writeFile(join(home, `example.${ending}`), code)
        await import(/* @vite-ignore */ join(home, `example.${ending}`))
      }
      const [answer] = await probabilities(await openSaved('head'), ['Would buy again.'])
      const [[printed] = []] = log.mock.calls as [{ label: string; score: number }[]][]
      expect(Object.fromEntries(printed?.map(({ label, score }) => [label, score]) ?? [])).toEqual(nearly(answer, 1e-5))
      expect(readdirSync(home)).toContain('my-model.onnx')
    } finally {
      log.mockRestore()
      process.chdir(before)
      await rm(home, { recursive: true, force: true })
    }
  })

  const python = pythonWith(['onnxruntime', 'tokenizers', 'numpy'])
  it.skipIf(python === undefined)('has Python that answers the same', async () => {
    const [code = ''] = docsExamples('export.md', 'python')
    for (const kind of ['head', 'sentence-piece', 'tuned-lora']) {
      const model = await openSaved(kind)
      const path = join(folder, `${kind}.onnx`)
      await exportModel(model, 'onnx', path)
      const answers = runPython(python as string, code, [path, ...texts])
      expect(answers).toEqual(nearly(await probabilities(model, texts), 1e-5))
    }
  })
})
