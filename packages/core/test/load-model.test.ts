import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import '@headstart/onnx/test'
import { GraphBuilder } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { beforeEach, describe, expect, it } from 'vitest'
import { flipBit } from './cache-scene.js'
import { temporaryFolder } from './temporary-folder.js'
import { letters, lettersLoader, tinyBackbone } from './tiny-backbone.js'
import { relabeled, tinyDataset } from './tiny-data.js'
import { tinyModel, tinyTexts } from './tiny-model.js'
import { FileError, ModelFolderError } from '../src/contract/errors.js'
import { fineTune } from '../src/fine-tune/fine-tune.js'
import { describeModel, loadModel } from '../src/model/load-model.js'
import { sha256 } from '../src/kit/sha256.js'
import { formatManifest, type Manifest } from '../src/model/manifest.js'
import type { Target } from '../src/contract/target.js'

let place = ''
let folder = ''
beforeEach(async () => {
  place = await temporaryFolder()
  folder = join(place, 'model')
  await (await tinyModel()).save(folder)
})
const inFolder = (name: string): string => join(folder, name)
const load = () => loadModel(folder, [lettersLoader])

/** The error with which loading fails; `describeModel` may still succeed, for it looks at the manifest alone. */
async function refusal(): Promise<ModelFolderError> {
  const error: unknown = await load().catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(ModelFolderError)
  return error as ModelFolderError
}

/** Changes the manifest as someone would who knows how it is signed. */
async function forge(change: (manifest: Manifest) => object): Promise<void> {
  const { integrity: _, ...manifest } = JSON.parse(await readFile(inFolder('headstart.json'), 'utf8'))
  await writeFile(inFolder('headstart.json'), formatManifest({ ...manifest, ...change(manifest) }))
}

/** Replaces a file and its hash. */
async function replace(name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(inFolder(name), bytes)
  await forge(({ files }) => ({ files: { ...files, [name]: sha256(bytes) } }))
}

describe('loadModel', () => {
  it('gives the same model: answers to the last bit, fingerprint, recipe, figures', async () => {
    const saved = await fineTune(tinyBackbone(), tinyDataset(10), { cache: false })
    await saved.save(folder)
    const loaded = await load()
    const { backbone, head } = loaded
    expect(await loaded.predict(tinyTexts)).toEqual(await saved.predict(tinyTexts))
    const { id, modality, featureSize, fingerprint } = saved.backbone
    expect(backbone).toMatchObject({ id, modality, featureSize, fingerprint })
    expect(await backbone.embed(tinyTexts)).toEqual(await saved.backbone.embed(tinyTexts))
    expect(head.labels).toEqual(saved.labels)
    expect(loaded).toMatchObject({ recipe: saved.recipe, training: saved.training })
    expect(loaded.validation).toEqual(saved.validation)
    expect(await describeModel(folder)).toEqual({ kind: 'classification', modality: 'text', labels: saved.labels })
  })

  it.each<[string, (text: string, part: string) => Target]>([
    ['multi-label', (text, part) => (text.includes('a') ? [part, 'has a'] : [part])],
    ['regression', (text) => text.charCodeAt(0)],
  ])('gives the same %s model', async (kind, label) => {
    const saved = await fineTune(tinyBackbone(), relabeled<Target>(10, 0, label), { cache: false, l2: 0.1 })
    await saved.save(folder)
    const loaded = await loadModel<string, Target>(folder, [lettersLoader])
    expect(loaded.kind).toBe(kind)
    expect(loaded.validation).toBeUndefined()
    expect(await loaded.predict(tinyTexts)).toEqual(await saved.predict(tinyTexts))
  })

  it('gives a model that is saved as the same bytes, and measured and trained on', async () => {
    const loaded = await load()
    const bytes = await readFile(inFolder('model.onnx'))
    await loaded.save(join(place, 'again'))
    expect(Buffer.compare(await readFile(join(place, 'again', 'model.onnx')), bytes)).toBe(0)
    expect(await loaded.accuracy(tinyDataset(20, 1), { cache: false })).toBeGreaterThan(0.7)
    const isLate = relabeled(10, 0, (_, part) => (part === 'late' ? 'yes' : 'no'))
    expect((await fineTune(loaded.backbone, isLate, { cache: false, l2: 0.1 })).labels).toEqual(['no', 'yes'])
  })

  it('chooses among several loaders by their id', async () => {
    const other = { id: 'words/1', load: () => expect.fail('not asked for') }
    expect((await loadModel(folder, [other, lettersLoader])).labels).toHaveLength(3)
  })

  it('takes a model that was moved, and one behind a link', async () => {
    const expected = await (await load()).predict(tinyTexts)
    await rename(folder, join(place, 'moved'))
    await symlink(join(place, 'moved'), folder)
    expect(await (await load()).predict(tinyTexts)).toEqual(expected)
  })
})

describe('loadModel refuses', () => {
  it('what is no model folder', async () => {
    const expected = 'expected a model folder (with headstart.json in it), got'
    const remedy = 'Give the path of a folder that was written by saving a model.'
    await rm(inFolder('headstart.json'))
    expect((await refusal()).message).toBe(`${folder}: ${expected} a folder with alphabet.txt, model.onnx. ${remedy}`)
    await rm(folder, { recursive: true })
    expect((await refusal()).message).toBe(`${folder}: ${expected} nothing of that name. ${remedy}`)
    await mkdir(folder)
    expect((await refusal()).message).toBe(`${folder}: ${expected} an empty folder. ${remedy}`)
    await rm(folder, { recursive: true })
    await writeFile(folder, 'x')
    expect((await refusal()).message).toBe(`${folder}: ${expected} a file. ${remedy}`)
    await expect(describeModel(folder)).rejects.toThrow('got a file')
  })

  it('a manifest that is cut short, edited or of a newer format', async () => {
    const text = await readFile(inFolder('headstart.json'), 'utf8')
    await writeFile(inFolder('headstart.json'), text.slice(0, 100))
    expect((await refusal()).got).toBe('a file that is cut short or no JSON')
    await writeFile(inFolder('headstart.json'), text.replace('"early"', '"earlier"'))
    expect((await refusal()).expected).toBe('headstart.json as it was saved')
    await writeFile(inFolder('headstart.json'), text)
    await forge(() => ({ formatVersion: 2 }))
    expect((await refusal()).got).toBe('version 2, written by a newer Headstart')
    await expect(describeModel(folder)).rejects.toThrow('written by a newer Headstart')
  })

  it.each(['model.onnx', 'alphabet.txt'])('%s cut short, with one bit changed, or missing', async (name) => {
    const bytes = await readFile(inFolder(name))
    const expected = `${folder}: expected ${name} as it was saved (SHA-256 ${sha256(bytes)}), got other contents`
    for (const position of [0, Math.floor(bytes.length / 2), -1]) {
      await flipBit(inFolder(name), position)
      expect((await refusal()).message).toContain(expected)
      await writeFile(inFolder(name), bytes)
    }
    await truncate(inFolder(name), bytes.length - 1)
    expect((await refusal()).got).toBe('other contents')
    await truncate(inFolder(name), 0)
    expect((await refusal()).got).toBe('other contents')
    await rm(inFolder(name))
    expect((await refusal()).message).toBe(
      `${folder}: expected the file ${name}, got no such file. ` +
        'The model was changed or copied in part: copy or train it again.',
    )
  })

  it('one bit changed anywhere in the manifest', async () => {
    const { length } = await readFile(inFolder('headstart.json'))
    for (let position = 0; position < length - 1; position += 97) {
      await flipBit(inFolder('headstart.json'), position)
      await refusal()
      await flipBit(inFolder('headstart.json'), position)
    }
    expect((await load()).labels).toHaveLength(3)
  })

  it('a folder in the place of a file', async () => {
    await rm(inFolder('model.onnx'))
    await mkdir(inFolder('model.onnx'))
    await expect(load()).rejects.toThrow(FileError)
  })

  it.each(['../secret', '../model.txt', '/etc/hostname', 'sub/../../secret', '.', ''])(
    'the name of a file outside the folder: %j',
    async (name) => {
      await writeFile(join(place, 'secret'), 'secret')
      await forge(({ files }) => ({ files: { [name]: sha256('secret'), ...files } }))
      expect((await refusal()).message).toBe(
        `${folder}: expected names of files inside the folder, got "${name}". Do not use this model.`,
      )
    },
  )

  it('a list of files without the network', async () => {
    await forge(({ files }) => ({ files: { 'alphabet.txt': files['alphabet.txt'] } }))
    expect((await refusal()).got).toBe('a list of files without it')
  })

  it('a model for another kind of input', async () => {
    await forge(({ backbone }) => ({
      backbone: { ...backbone, modality: 'image' },
      preprocessing: { id: 'pixels/1', config: {} },
    }))
    expect((await refusal()).message).toBe(
      `${folder}: expected a model whose input is read by "letters/1", got one for image ("pixels/1"). ` +
        'Load it with the package for that kind of input, or a newer version of this one.',
    )
  })

  it('a model whose input a newer version reads', async () => {
    await forge(() => ({ preprocessing: { id: 'letters/2', config: {} } }))
    expect((await refusal()).message).toBe(
      `${folder}: expected a model whose input is read by "letters/1", got "letters/2", written by a newer Headstart. ` +
        'Update Headstart, or save the model again with this version.',
    )
  })

  it.each([{ strategy: 'magic' }, { head: 'oracle' }])('a model of a newer version: %o', async (change) => {
    await forge(({ recipe }) => ({ recipe: { ...recipe, ...change } }))
    expect(await refusal()).toMatchObject({
      got: expect.stringMatching(/^field "recipe\.(strategy|head)": .*, written by a newer Headstart$/),
      remedy: 'Update Headstart, or save the model again with this version.',
    })
    await expect(describeModel(folder)).rejects.toThrow('written by a newer Headstart')
  })

  it('a network that is none, or not that of this model', async () => {
    const bytes = await readFile(inFolder('model.onnx'))
    const g = new GraphBuilder('other')
    g.output('probabilities', g.op('Relu', [g.input('x', 'float32', ['batch', 3])]), 'float32', ['batch', 3])
    const others = [new TextEncoder().encode('no network'), bytes.subarray(0, bytes.length / 2), encodeModel(g.build())]
    for (const other of others) {
      await replace('model.onnx', other)
      expect((await refusal()).message).toBe(
        `${folder}: expected a network with features "encoding" in model.onnx, got another one or none. ` +
          'The model was changed or copied in part: copy or train it again.',
      )
    }
  })

  it('a manifest that does not fit the network', async () => {
    await forge(() => ({ labels: ['early', 'late'] }))
    expect((await refusal()).expected).toBe('a head with 2 results named "probabilities"')
    await forge(() => ({ labels: [], task: 'regression' }))
    const expected = 'a head with 1 results named "value"'
    expect(await refusal()).toMatchObject({ expected, got: 'probabilities[batch, 3]' })
  })

  it('a preprocessing that its loader cannot make', async () => {
    await forge(() => ({ preprocessing: { id: 'letters/1', config: {} } }))
    await expect(load()).rejects.toThrow('saved alphabet: expected alphabet.txt and maxLetters')
  })
})

describe('loadModel runs nothing from the folder', () => {
  const code = `globalThis.wasRun = true; throw new Error('was run')`

  it.each(['index.js', 'package.json', 'letters/1.js', 'headstart.json.js', 'preprocessing.mjs'])(
    'not %s, listed or not',
    async (name) => {
      await mkdir(join(inFolder(name), '..'), { recursive: true })
      await writeFile(inFolder(name), code)
      await load()
      await forge(({ files }) => ({ files: { ...files, [name]: sha256(code) } }))
      expect(await (await load()).predict(tinyTexts)).toHaveLength(tinyTexts.length)
      expect(globalThis).not.toHaveProperty('wasRun')
    },
  )

  it('and hands the loader data alone', async () => {
    const seen: unknown[] = []
    const spy = {
      id: 'letters/1',
      load: (config: object, files: ReadonlyMap<string, Uint8Array>) => {
        seen.push(config, [...files.keys()].sort())
        return letters(files.get('alphabet.txt'))
      },
    }
    await loadModel(folder, [spy])
    expect(seen).toEqual([{ maxLetters: 64 }, ['alphabet.txt', 'model.onnx']])
    expect(await readdir(place)).toEqual(['model'])
  })
})
