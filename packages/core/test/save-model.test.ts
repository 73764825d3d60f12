import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import '@headstart/onnx/test'
import { readOnnx, Session } from '@headstart/onnx'
import { beforeEach, describe, expect, it } from 'vitest'
import { runScript } from './run-script.js'
import { temporaryFolder } from './temporary-folder.js'
import { letters, lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { tinyDataset } from './tiny-data.js'
import { tinyModel, tinyTexts } from './tiny-model.js'
import { FileError } from '../src/contract/errors.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { loadModel } from '../src/model/load-model.js'

let place = ''
let folder = ''
beforeEach(async () => {
  place = await temporaryFolder()
  folder = join(place, 'model')
})

/** What is in the folder: names and contents. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const read = async (name: string): Promise<[string, string]> => [name, await readFile(join(folder, name), 'base64')]
  return Object.fromEntries(await Promise.all(names.map(read)))
}

describe('saveModel', () => {
  it("writes the network, the preprocessing's data and a description, and nothing else", async () => {
    const model = await fineTune(tinyBackbone(), tinyDataset(10), { cache: false })
    await model.save(folder)
    expect(await readdir(place)).toEqual(['model'])
    expect((await readdir(folder)).sort()).toEqual(['alphabet.txt', 'headstart.json', 'model.onnx'])
    const { integrity, files, ...manifest } = JSON.parse(await readFile(join(folder, 'headstart.json'), 'utf8'))
    expect(integrity).toMatch(/^[0-9a-f]{64}$/)
    expect(manifest).toEqual({
      format: 'headstart-model',
      formatVersion: 1,
      task: 'classification',
      labels: ['early', 'late', 'middle'],
      backbone: {
        id: 'tiny',
        modality: 'text',
        fingerprint: tinyBackbone().fingerprint,
        output: 'encoding',
        stages: tinyBackbone().network.stages,
      },
      preprocessing: { id: 'letters/1', config: { maxLetters: 64 } },
      recipe: model.recipe,
      training: model.training,
      metrics: {
        crossValidation: { ...JSON.parse(JSON.stringify(model.validation)), kind: undefined, task: 'classification' },
      },
      trust: { familiarity: model.trust.familiarity?.held, conformity: model.trust.conformity },
      trainedOn: await model.trainedOn?.(),
    })
    const hash = async (name: string) =>
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
    expect(files).toEqual({ 'alphabet.txt': await hash('alphabet.txt'), 'model.onnx': await hash('model.onnx') })
  })

  it('writes a network that gives the same answers by itself', async () => {
    const model = await tinyModel()
    await model.save(folder)
    const session = await Session.create(await readOnnx(join(folder, 'model.onnx')))
    const { prepare, collate } = letters()
    const { probabilities } = await session.run(collate(await Promise.all(tinyTexts.map(prepare))))
    const expected = (await model.predict(tinyTexts)).flatMap((prediction) => Object.values(prediction.probabilities))
    expect(probabilities?.data as Float32Array).toBeAllclose(expected, { atol: 1e-5 })
  })

  it('writes the same bytes for the same model', async () => {
    await (await tinyModel()).save(folder)
    const first = await contents()
    await (await tinyModel()).save(folder)
    expect(await contents()).toEqual(first)
  })

  it('replaces an older model as a whole', async () => {
    await (await tinyModel({ l2: 1 })).save(folder)
    await writeFile(join(folder, 'notes.txt'), 'of the older model')
    const before = await contents()
    await (await tinyModel({ l2: 0.01 })).save(folder)
    const after = await contents()
    expect(Object.keys(after)).toEqual(['alphabet.txt', 'headstart.json', 'model.onnx'])
    expect(after['model.onnx']).not.toBe(before['model.onnx'])
    expect((await loadModel(folder, [lettersLoader])).recipe.l2).toBe(0.01)
    expect(await readdir(place)).toEqual(['model'])
  })

  it('fills an empty folder', async () => {
    await mkdir(folder)
    await (await tinyModel()).save(folder)
    expect(Object.keys(await contents())).toHaveLength(3)
  })

  it('does not replace a folder that is no model, nor a file', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'holiday.jpg'), 'beach')
    const model = await tinyModel()
    await expect(model.save(folder)).rejects.toThrow(FileError)
    await expect(model.save(folder)).rejects.toThrow(
      `${folder}: expected a new folder, or one with a model to replace, got a folder with holiday.jpg. ` +
        'Nothing was changed: choose another folder.',
    )
    await expect(model.save(join(folder, 'holiday.jpg'))).rejects.toThrow('expected the path of a folder, got a file')
    await expect(model.save(join(place, 'none', 'model'))).rejects.toThrow('expected a folder to write into, got none')
    expect(Object.keys(await contents())).toEqual(['holiday.jpg'])
  })

  it('leaves the older model whole when it is stopped', async () => {
    await (await tinyModel({ l2: 1 })).save(folder)
    const before = await contents()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect((await tinyModel()).save(folder, { signal })).rejects.toThrow('enough')
    expect(await contents()).toEqual(before)
    expect(await readdir(place)).toEqual(['model'])
  })

  it.runIf(process.platform === 'linux')('leaves the older model whole when the disk is full', async () => {
    await (await tinyModel({ l2: 1 })).save(folder)
    const before = await contents()
    const script = `
      import { tinyModel } from '../test/tiny-model.ts'
      const [, , folder] = process.argv
      const error = await (await tinyModel()).save(folder).catch((error) => error)
      console.log(JSON.stringify({ name: error.name, fault: error.fault, message: error.message }))`
    const { stdout } = await runScript(script, [folder], { fileLimit: 1 })
    expect(JSON.parse(stdout)).toEqual({
      name: 'FileError',
      fault: 'environment',
      message:
        `${folder}: expected room to write, got a full disk (EFBIG). ` +
        'Nothing was changed: free some space or choose another place.',
    })
    expect(await contents()).toEqual(before)
    expect(await readdir(place)).toEqual(['model'])
    expect(await (await loadModel(folder, [lettersLoader])).predict(tinyTexts)).toHaveLength(tinyTexts.length)
  })
})
