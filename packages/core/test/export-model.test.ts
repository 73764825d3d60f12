import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readOnnx, Session } from '@headstart/onnx'
import { beforeEach, describe, expect, it } from 'vitest'
import { DataError, FileError, ModelFolderError, OptionError } from '../src/contract/errors.js'
import type { Preprocessing } from '../src/contract/backbone.js'
import { networkBackbone } from '../src/features/network-backbone.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { describeModel, loadModel } from '../src/model/load-model.js'
import { exportModel } from '../src/model/export-model.js'
import { modelFiles } from '../src/kit/model-files.js'
import { manifestOf } from '../src/model/model-folder.js'
import { temporaryFolder } from './temporary-folder.js'
import { letters, lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { tinyDataset } from './tiny-data.js'
import { tinyModel, tinyTexts } from './tiny-model.js'
import { version } from '../src/kit/version.js'

let place = ''
let path = ''
beforeEach(async () => {
  place = await temporaryFolder()
  path = join(place, 'exported')
})

/** A model whose letters a pipeline reads, or so it says. */
async function pipelineModel() {
  const preprocessing: Preprocessing<string> = {
    ...(letters() as Preprocessing<string>),
    forTransformers: () => ({
      pipeline: 'letter-classification',
      kinds: ['classification'],
      family: { type: 'bert', architecture: 'BertForSequenceClassification' },
      files: new Map([['letters.json', new TextEncoder().encode('{}')]]),
    }),
  }
  const { network } = tinyBackbone()
  const backbone = networkBackbone({ id: 'letters', modality: 'text', network, preprocessing })
  return fineTune(backbone, tinyDataset(10), { cache: false, l2: 0.01 })
}

describe('exportModel', () => {
  it('writes one ONNX file that takes what the network takes, and says what it is', async () => {
    const model = await tinyModel()
    path = join(place, 'model.onnx')
    expect((await exportModel(model, 'onnx', path)).path).toBe(path)
    const graph = await readOnnx(path)
    expect(Object.fromEntries(graph.metadata)).toEqual({
      'headstart.version': version,
      'headstart.familiarity': expect.stringMatching(/^\{"0.01":[\d.]+,"0.05":[\d.]+,"0.1":[\d.]+\}$/),
      'headstart.task': 'classification',
      'headstart.labels': JSON.stringify(model.labels),
      'headstart.backbone': 'tiny',
      'headstart.preprocessing': JSON.stringify({ id: 'letters/1', config: { maxLetters: 64 } }),
    })
    const { preprocessing } = tinyBackbone()
    const feeds = preprocessing.collate(await Promise.all(tinyTexts.map((text) => preprocessing.prepare(text))))
    await using session = await Session.create(graph)
    const { probabilities } = await session.run(feeds)
    const answers = await model.predict(tinyTexts)
    expect(Array.from(probabilities?.data as Float32Array)).toEqual(
      answers
        .flatMap((answer) => Object.values(answer.probabilities))
        .map((value) => expect.closeTo(value, 5) as number),
    )
  })

  it('writes a folder for Transformers.js as a whole, over an older one', async () => {
    const model = await pipelineModel()
    await exportModel(model, 'transformers', path)
    const { files } = await exportModel(model, 'transformers', path)
    expect([...files.keys()]).toEqual(['config.json', 'letters.json', 'onnx/model.onnx', 'headstart.json'])
    expect(JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))).toMatchObject({
      id2label: { 0: 'early', 1: 'late', 2: 'middle' },
      label2id: { early: 0, late: 1, middle: 2 },
      problem_type: 'single_label_classification',
    })
    const { outputs } = await readOnnx(join(path, 'onnx/model.onnx'))
    expect(outputs).toEqual([{ name: 'logits', type: 'float32', dims: ['batch', 3] }])
    expect(await readdir(place)).toEqual(['exported'])
  })

  it('is no saved model, and says so where it is taken for one', async () => {
    await exportModel(await pipelineModel(), 'transformers', path)
    const manifest = (folder: string) => manifestOf(modelFiles(folder))
    for (const open of [manifest, describeModel, (folder: string) => loadModel(folder, [lettersLoader])]) {
      await expect(open(path)).rejects.toBeInstanceOf(ModelFolderError)
      await expect(open(path)).rejects.toThrow(
        `${path}: expected a saved model, got one that was exported to transformers. Others read it: give the folder`,
      )
    }
  })

  it('refuses before it writes: another form, an input that no pipeline reads, a folder of something else', async () => {
    const model = await tinyModel()
    await expect(exportModel(model, 'constructor', path)).rejects.toThrow(
      'option "to": expected transformers or onnx, got "constructor"',
    )
    await expect(exportModel(model, 'constructor', path)).rejects.toBeInstanceOf(OptionError)
    await expect(exportModel({}, 'onnx', path)).rejects.toThrow('expected a model that can be exported, got "onnx"')
    await expect(exportModel(model, 'transformers', path)).rejects.toBeInstanceOf(DataError)
    await expect(exportModel(model, 'transformers', path)).rejects.toThrow(
      'expected inputs that a pipeline of Transformers.js reads, got inputs of the kind "text", read by "letters/1"',
    )
    await mkdir(path)
    await writeFile(join(path, 'notes.txt'), '')
    const onto = exportModel(await pipelineModel(), 'transformers', path)
    await expect(onto).rejects.toBeInstanceOf(FileError)
    await expect(onto).rejects.toThrow('got a folder with notes.txt')
    expect(await readdir(path)).toEqual(['notes.txt'])
    expect(await readdir(place)).toEqual(['exported'])
  })

  it('ends where it is told to, and leaves nothing', async () => {
    const model = await pipelineModel()
    const signal = AbortSignal.abort()
    for (const to of ['onnx', 'transformers']) {
      await expect(exportModel(model, to, path, { signal })).rejects.toThrow('aborted')
    }
    expect(await readdir(place)).toEqual([])
  })
})
