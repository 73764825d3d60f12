import '@headstart/onnx/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataset, fineTune } from '@headstart/core'
import { testBackbone } from '@headstart/core/test'
import { ModelFilesError } from '@headstart/hub'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noise } from '../../test/pictures.js'
import { imageTask, loadModel } from '../index.js'
import { imageLoader } from '../preprocessing/image-preprocessing.js'
import { publish } from '../test/published-image-encoder.js'
import { teachableMachineFiles } from '../test/teachable-machine-files.js'
import { teachableMachine } from './teachable-machine.js'

const root = await mkdtemp(join(tmpdir(), 'headstart-teachable-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const project = join(root, 'my-project')
const labels = ['dog', 'cat', 'no animal']
const files = teachableMachineFiles({ labels })
await publish(project, files)

/** PNG files of noise of the network's size, as bytes: nothing is scaled. */
const pictures = (count: number, side = 32): Promise<Uint8Array[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, seed) => {
      const brightness = 0.2 + 0.15 * (seed % 6)
      return new Uint8Array(await noise(seed, { width: side, height: side, brightness }).png().toBuffer())
    }),
  )

/** What TensorFlow.js answers when it runs the same files. */
async function original(inputs: readonly Uint8Array[]): Promise<number[][]> {
  const { modelTopology, weightsManifest } = files['model.json'] as tf.io.ModelJSON
  const weightData = (files['weights.bin'] as Uint8Array).buffer as ArrayBuffer
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const model = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) })
  const pixels = await Promise.all(inputs.map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer()))
  const values = Float32Array.from(
    pixels.flatMap((data) => [...data]),
    (value) => value / 127 - 1,
  )
  const answers = model.predict(tf.tensor4d(values, [inputs.length, 32, 32, 3])) as tf.Tensor2D
  return answers.array()
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

testBackbone('teachableMachine', {
  create: () => teachableMachine(project),
  inputs: [...(await pictures(2)), ...(await pictures(1, 50))],
  loader: imageLoader,
})

describe('an image project of Teachable Machine', () => {
  it('answers with its own labels, without training, as TensorFlow.js does', async () => {
    const { model } = await teachableMachine(project)
    const inputs = await pictures(6)
    const expected = await original(inputs)
    const answers = await model.predict(inputs)
    expect(model.labels).toEqual(labels)
    answers.forEach(({ label, probabilities }, row) => {
      const wanted = expected[row] as number[]
      expect(label).toBe(labels[wanted.indexOf(Math.max(...wanted))])
      expect(labels.map((name) => probabilities[name])).toBeAllclose(wanted, { rtol: 1e-4, atol: 1e-6 })
    })
    // What it answers hangs on the picture.
    expect(new Set(answers.map(({ probability }) => probability)).size).toBe(6)
    expect(model.describe().text()).toContain('Trained elsewhere, on examples that did not come with it: 3 classes.')
    await model.close()
  })

  it('is opened as a saved model is, and saved as one', async () => {
    const model = await loadModel(project)
    const inputs = await pictures(3)
    const answers = await model.predict(inputs)
    await model.save(join(root, 'saved'))
    await model.close()
    const again = await loadModel(join(root, 'saved'))
    expect(again.labels).toEqual(labels)
    expect(await again.predict(inputs)).toEqual(answers)
    await again.close()
  })

  it('is a backbone that other labels are learned on, frozen or tuned', async () => {
    const backbone = (await imageTask.networks?.open(project, {})) as Awaited<ReturnType<typeof teachableMachine>>
    expect(backbone).toMatchObject({ id: 'my-project', featureSize: 12 })
    expect(backbone.network.stages.length).toBeGreaterThan(1)
    const shown = await pictures(24)
    const examples = dataset(
      shown.map((input, seed) => ({ input, label: seed % 6 < 3 ? 'dark' : 'bright' })),
      { name: 'brightness' },
    )
    const model = await fineTune(backbone, examples)
    const [first] = await model.predict(shown.slice(0, 1))
    expect(first?.label).toBe('dark')
    const tuned = await fineTune(backbone, examples, { strategy: 'joint', unfreeze: 1, epochs: 1 })
    expect(tuned.labels).toEqual(['bright', 'dark'])
    await Promise.all([model.close(), tuned.close()])
  })
})

describe('what is no such project', () => {
  const opened = async (name: string, changed: typeof files): Promise<unknown> => {
    await publish(join(root, name), changed)
    return teachableMachine(join(root, name)).catch((error: unknown) => error)
  }
  it.each([
    ['a project of poses', { packageName: '@teachablemachine/pose' }, /got one of @teachablemachine\/pose/],
    ['a project in grayscale', { grayscale: true }, /got one in grayscale/],
    ['a label that is there twice', { labels: ['cat', 'cat', 'dog'] }, /each label once, got "cat" twice/],
    [
      'more labels than the network has',
      { labels: ['a', 'b', 'c', 'd'] },
      /to 4 labels .*got one from .* to \[batch, 3\]/,
    ],
    ['another size of pictures', { imageSize: 224 }, /\[batch, 3, 224, 224\].*got one from \[batch, 3, 32, 32\]/],
    ['no labels', { labels: [] }, /got labels: /],
  ])('is refused: %s', async (name, metadata, message) => {
    const error = await opened(name, teachableMachineFiles({ metadata }))
    expect(error).toBeInstanceOf(ModelFilesError)
    expect((error as Error).message).toMatch(message)
  })

  it('is refused where a file is missing', async () => {
    const { 'weights.bin': _, ...rest } = files
    const error = await opened('incomplete', rest)
    expect((error as Error).message).toMatch(
      /expected the file weights.bin, got a folder with metadata.json, model.json/,
    )
  })
})
