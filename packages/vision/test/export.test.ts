import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportModel, type Model, type Target } from '@headstart/core'
import { DataError } from '@headstart/core/kit'
import { nearly } from '@headstart/core/test'
import { Session, tensor } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { env, pipeline } from '@huggingface/transformers'
import { beforeEach, describe, expect, it } from 'vitest'
import { dataset, fineTune, type ImageInput, loadModel, joinedMobileNets } from '../src/index.js'
import { type ImagePreprocessingConfig, readImage, type Sizing } from '../src/kit.js'
import { docsExamples, pythonWith, runPython } from '../../../docs-examples.js'
import { noise } from './pictures.js'
import { temporaryFolder } from './temporary-folder.js'
import { tinyImageBackbone } from './tiny-image-backbone.js'

const saved = new URL('fixtures/saved/', import.meta.url)
const openSaved = (kind: string): Promise<Model<ImageInput, Target>> => loadModel(fileURLToPath(new URL(kind, saved)))

/** Whatever its labels are. */
type Asked = Pick<Model<ImageInput, Target>, 'exports'> & { predict(pictures: string[]): Promise<object[]> }

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
  Object.assign(env, { localModelPath: folder, allowRemoteModels: false, useFSCache: false })
})

/** Pictures of random colors in a folder: as they are, or smooth. */
async function pictures(width: number, height: number, smooth = false): Promise<string[]> {
  const paths = [0.3, 0.6, 0.9].map((brightness) => join(folder, `${width}x${height}-${brightness}.png`))
  for (const [seed, path] of paths.entries()) {
    const brightness = 0.3 * (seed + 1)
    const picture = smooth
      ? noise(seed, { brightness, width: 7, height: 5 })
      : noise(seed, { brightness, width, height })
    await picture.resize(width, height, { fit: 'fill', kernel: 'cubic' }).toFile(path)
  }
  return paths
}

/** Probabilities of every label by the pipeline of Transformers.js. */
async function byTransformers(model: Asked, name: string, asked: string[]): Promise<object[]> {
  await exportModel(model, 'transformers', join(folder, name))
  const classify = await pipeline('image-classification', name)
  const answers = await classify(asked, { top_k: 5 })
  await classify.dispose()
  return answers.map((answer) => Object.fromEntries([answer].flat().map(({ label, score }) => [label, score])))
}

async function probabilities(model: Asked, asked: string[]): Promise<unknown[]> {
  return (await model.predict(asked)).map((answer) => 'probabilities' in answer && answer.probabilities)
}

/** Trained on a tiny network with these settings. */
async function trained(config: Partial<ImagePreprocessingConfig>) {
  const examples = (await pictures(16, 12)).map((input, place) => ({ input, label: place === 2 ? 'bright' : 'dark' }))
  return fineTune(tinyImageBackbone(config), dataset(examples), { cache: false, l2: 0.1 })
}

describe('a model of pictures that is exported for Transformers.js', () => {
  it.each<[kind: string, width: number, height: number]>([
    ['published-vit', 24, 24],
    ['zero-shot', 24, 32],
    ['published-mobilenet', 40, 48],
    ['tuned-convolutions', 56, 40],
  ])('is opened by its pipeline and answers the same: %s', async (kind, width, height) => {
    const model = await openSaved(kind)
    const asked = await pictures(width, height)
    expect(await byTransformers(model, kind, asked)).toEqual(nearly(await probabilities(model, asked), 1e-5))
  })

  it.each<[string, Partial<ImagePreprocessingConfig>]>([
    ['blue-first', { channels: 'bgr' }],
    ['channels-last', { layout: 'nhwc', values: { scale: 1 / 127.5, offset: -1 } }],
    ['0-to-1', { values: { scale: 1 / 255, offset: 0 } }],
  ])('answers the same where its network takes %s', async (name, config) => {
    const model = await trained({ ...config, resize: 'squash' })
    const asked = await pictures(16, 12)
    expect(await byTransformers(model, name, asked)).toEqual(nearly(await probabilities(model, asked), 1e-5))
  })

  it('answers the same on the built-in network, and nearly so for pictures that are made smaller', async () => {
    const [fitting, large] = [await pictures(224, 224, true), await pictures(640, 480, true)]
    const examples = fitting.map((input, place) => ({ input, label: place === 2 ? 'bright' : 'dark' }))
    const model = await fineTune(await joinedMobileNets(), dataset(examples), { cache: false, l2: 0.1 })
    const answers = await byTransformers(model, 'built-in', [...fitting, ...large])
    expect(answers.slice(0, 3)).toEqual(nearly(await probabilities(model, fitting), 1e-5))
    expect(answers.slice(3)).toEqual(nearly(await probabilities(model, large), 0.01))
  })
})

describe('a model of pictures that no pipeline can answer as', () => {
  const sizes = /expected pictures that are cropped to a square, or squashed, got/
  it.each<[string, () => Promise<Asked>, RegExp]>([
    ['pad', () => openSaved('channels-last'), sizes],
    ['oblong', () => openSaved('head'), sizes],
    [
      'multi-label',
      async () => {
        const examples = (await pictures(16, 12)).map((input, place) => ({ input, label: place > 0 ? ['a'] : ['b'] }))
        return fineTune(tinyImageBackbone({ resize: 'squash' }), dataset(examples), { cache: false, l2: 0.1 })
      },
      /expected one for classification, as the pipeline image-classification answers, got one for multi-label/,
    ],
  ])('is refused before anything is written: %s', async (name, open, says) => {
    const exporting = exportModel(await open(), 'transformers', join(folder, name))
    await expect(exporting).rejects.toThrow(says)
    await expect(exporting).rejects.toBeInstanceOf(DataError)
    expect(readdirSync(folder)).not.toContain(name)
  })
})

describe('a model of pictures as one ONNX file', () => {
  it.each(['channels-last', 'flipped-view', 'published-quantized', 'zero-shot'])(
    'answers the same from the bytes of pictures of its size: %s',
    async (kind) => {
      const model = await openSaved(kind)
      const path = join(folder, `${kind}.onnx`)
      await exportModel(model, 'onnx', path)
      const graph = decodeModel(readFileSync(path), kind)
      const about = (name: string): unknown => JSON.parse(graph.metadata.get(`headstart.${name}`) as string)
      expect(about('labels')).toEqual(model.labels)
      expect(graph.inputs[0]).toMatchObject({ name: 'image', type: 'uint8' })

      const [, height = 0, width = 0] = (graph.inputs[0]?.dims ?? []) as number[]
      const { resize, cropFraction, kernel } = (about('preprocessing') as { config: Omit<Sizing, 'height' | 'width'> })
        .config
      const asked = await pictures(37, 23)
      const sizing = { height, width, resize, cropFraction, kernel }
      const bytes = await Promise.all(asked.map(async (picture) => (await readImage(picture, { sizing })).data))
      await using session = await Session.create(graph)
      const { probabilities: rows } = await session.run({
        image: tensor('uint8', [3, height, width, 3], Uint8Array.from(bytes.flatMap((picture) => [...picture]))),
      })
      const expected = (await model.predict(asked)).flatMap((answer) =>
        'probabilities' in answer ? Object.values(answer.probabilities) : [],
      )
      expect(Array.from(rows?.data as Float32Array)).toEqual(nearly(expected, 1e-5))
    },
  )
})

describe('docs/export.md', () => {
  const python = pythonWith(['onnxruntime', 'PIL', 'numpy'])
  it.skipIf(python === undefined)('has Python that answers the same of pictures of the size', async () => {
    const model = await openSaved('zero-shot')
    const path = join(folder, 'python.onnx')
    await exportModel(model, 'onnx', path)
    const asked = await pictures(24, 24)
    const answers = runPython(python as string, docsExamples('export.md', 'python')[1] as string, [path, ...asked])
    expect(answers).toEqual(nearly(await probabilities(model, asked), 1e-5))
  })
})
