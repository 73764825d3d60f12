import '@headstart/onnx/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataset, fineTune, type TrainEvent } from '@headstart/core'
import { testBackbone } from '@headstart/core/test'
import { ModelFilesError } from '@headstart/hub'
import { loopbackHub } from '@headstart/hub/test'
import { cut } from '@headstart/onnx/kit'
import { env, pipeline } from '@huggingface/transformers'
import { afterAll, describe, expect, it } from 'vitest'
import { noise } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { imageLoader } from '../preprocessing/image-preprocessing.js'
import { loadModel } from '../index.js'
import {
  clipFiles,
  mobileNetFiles,
  publish,
  type PublishedFiles,
  quantizedVitFiles,
  vitFiles,
} from '../test/published-image-encoder.js'
import { transformersBackbone, type TransformersBackboneOptions } from './transformers-backbone.js'

const root = await mkdtemp(join(tmpdir(), 'headstart-images-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const encoders: Readonly<Record<string, PublishedFiles>> = {
  'tiny-vit': vitFiles(),
  'tiny-mobilenet': mobileNetFiles(),
  'tiny-clip': clipFiles(),
  'tiny-classifier': mobileNetFiles('logits'),
}
for (const [name, files] of Object.entries(encoders)) await publish(join(root, name), files)

/** PNG files of noise of one size, as bytes. */
const pictures = (size: number, count = 3): Promise<Uint8Array[]> =>
  Promise.all(
    Array.from(
      { length: count },
      async (_, seed) =>
        new Uint8Array(
          await noise(seed, { width: size, height: size, brightness: 0.3 + 0.1 * (seed % 5) })
            .png()
            .toBuffer(),
        ),
    ),
  )

const open = (name: string, options?: TransformersBackboneOptions) => transformersBackbone(join(root, name), options)

/** What Transformers.js computes of each picture: an output of the network as it is. */
async function outputsOf(name: string, inputs: readonly Uint8Array[], pool = false) {
  env.allowRemoteModels = false
  env.localModelPath = root
  const extract = await pipeline('image-feature-extraction', name, { dtype: 'fp32' })
  const outputs = []
  for (const bytes of inputs) {
    const { data, dims } = await extract(new Blob([bytes as Uint8Array<ArrayBuffer>]), { pool })
    outputs.push({ data: data as Float32Array, dims })
  }
  await extract.dispose()
  return outputs
}

for (const name of Object.keys(encoders)) {
  testBackbone(`transformersBackbone("${name}")`, {
    create: () => open(name),
    inputs: [...(await pictures(24, 2)), ...(await pictures(50, 1))],
    loader: imageLoader,
  })
}

describe('features', () => {
  it('of a ViT are those of Transformers.js, by class token, mean or pooler', async () => {
    const inputs = await pictures(24)
    const vectors = await outputsOf('tiny-vit', inputs)
    const first = vectors.flatMap(({ data }) => [...data.subarray(0, 16)])
    const mean = vectors.flatMap(({ data }) =>
      Array.from({ length: 16 }, (_, column) => {
        let sum = 0
        for (let token = 0; token < 10; token++) sum += data[token * 16 + column] as number
        return sum / 10
      }),
    )
    expect((await (await open('tiny-vit')).embed(inputs)).data).toBeAllclose(first, { rtol: 0, atol: 1e-4 })
    expect((await (await open('tiny-vit', { pooling: 'mean' })).embed(inputs)).data).toBeAllclose(mean, {
      rtol: 0,
      atol: 1e-4,
    })
    const pooled = (await outputsOf('tiny-vit', inputs, true)).flatMap(({ data }) => [...data])
    expect((await (await open('tiny-vit', { pooling: 'pooler' })).embed(inputs)).data).toBeAllclose(pooled, {
      rtol: 0,
      atol: 1e-4,
    })
  })

  it('of a MobileNet are those of Transformers.js, pooled by itself or as the mean of its map', async () => {
    const inputs = await pictures(40)
    const pooled = (await outputsOf('tiny-mobilenet', inputs, true)).flatMap(({ data }) => [...data])
    for (const options of [{}, { pooling: 'mean' }] as const) {
      expect((await (await open('tiny-mobilenet', options)).embed(inputs)).data).toBeAllclose(pooled, {
        rtol: 0,
        atol: 1e-4,
      })
    }
    // The same network published as a classifier: its features are what the last layer reads.
    expect((await (await open('tiny-classifier')).embed(inputs)).data).toBeAllclose(pooled, { rtol: 0, atol: 1e-4 })
  })

  it('of a pair are the projection into its common space', async () => {
    const inputs = await pictures(24)
    const embeddings = (await outputsOf('tiny-clip', inputs)).flatMap(({ data }) => [...data])
    const backbone = await open('tiny-clip')
    expect(backbone.featureSize).toBe(12)
    expect((await backbone.embed(inputs)).data).toBeAllclose(embeddings, { rtol: 0, atol: 1e-4 })
    await expect(open('tiny-clip', { pooling: 'cls' })).rejects.toThrow(
      'expected a network with last_hidden_state, for "cls", got the outputs image_embeds',
    )
  })
})

describe('stages', () => {
  it.each([
    ['tiny-vit', ['embedding', 'layer 0', 'layer 1', 'output']],
    ['tiny-clip', ['embedding', 'layer 0', 'layer 1', 'output']],
    ['tiny-mobilenet', ['stem', 'layer 0', 'layer 1', 'layer 2', 'pooler']],
    ['tiny-classifier', ['stem', 'layer 0', 'layer 1', 'layer 2', 'pooler']],
  ])('of %s', async (name, stages) => {
    expect((await open(name)).network.stages.map((stage) => stage.name)).toEqual(stages)
  })

  it.each(Object.keys(encoders))('of %s need no pixels behind a cut', async (name) => {
    const { graph, stages } = (await open(name)).network
    for (const { output } of stages.slice(0, -1))
      expect(cut(graph, [output]).suffix.inputs.map((input) => input.name)).toEqual([output])
  })

  it.each(['tiny-vit', 'tiny-mobilenet'])('of %s learn, and the model is whole without the folder', async (name) => {
    const folder = join(await temporaryFolder(), 'gone')
    await publish(folder, encoders[name] as PublishedFiles)
    const examples = dataset(
      (await pictures(24, 15)).map((input, index) => ({ input, label: index % 5 < 2 ? 'dark' : 'bright' })),
    )
    const losses: number[] = []
    const onEvent = (event: TrainEvent) => void (event.type === 'epoch' && losses.push(event.loss))
    const model = await fineTune(await transformersBackbone(folder), examples, {
      unfreeze: 2,
      epochs: 8,
      patience: 8,
      validation: 0.25,
      cache: false,
      onEvent,
    })
    expect(losses[7]).toBeLessThan(losses[0] as number)
    await model.save(join(folder, '../model'))
    await rm(folder, { recursive: true })
    const again = await loadModel(join(folder, '../model'))
    const inputs = await pictures(30)
    expect(await again.predict(inputs)).toEqual(await model.predict(inputs))
  })
})

describe('a quantized network', () => {
  it('is used frozen as it is, and in float32 where it is to be tuned, which is said', async () => {
    const folder = join(await temporaryFolder(), 'small')
    await publish(folder, quantizedVitFiles())
    const inputs = await pictures(24, 12)
    const frozen = await transformersBackbone(folder)
    expect(frozen.id).toBe('small (q8)')
    const expected = await (await open('tiny-vit')).embed(inputs)
    expect((await frozen.embed(inputs)).data).toBeAllclose(expected.data, { rtol: 0, atol: 0.25 })

    const examples = dataset(inputs.map((input, index) => ({ input, label: index % 5 < 2 ? 'dark' : 'bright' })))
    const tuning = { unfreeze: 2, epochs: 2, patience: 2, validation: 0.25, cache: false } as const
    await expect(fineTune(frozen, examples, tuning)).rejects.toThrow('option "unfreeze"')
    const notices: string[] = []
    const tunable = await transformersBackbone(folder, {
      forTuning: true,
      onNotice: (message) => notices.push(message),
    })
    expect(notices).toEqual([
      expect.stringMatching(
        /^small: 12 quantized weights were made float32 ones, with the rounding that they have\. Take a file in float32/,
      ),
    ])
    expect((await tunable.embed(inputs)).data).toBeAllclose(expected.data, { rtol: 0, atol: 0.25 })
    expect(tunable.fingerprint).not.toBe(frozen.fingerprint)
    const losses: number[] = []
    await fineTune(tunable, examples, {
      ...tuning,
      onEvent: (event) => void (event.type === 'epoch' && losses.push(event.loss)),
    })
    expect(losses[1]).toBeLessThan(losses[0] as number)
  })
})

describe('a model of the hub', () => {
  it('is fetched once, of a pair the side of pictures alone', async () => {
    const encode = (content: object | Uint8Array) =>
      content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content))
    const files = Object.fromEntries(Object.entries(clipFiles()).map(([name, content]) => [name, encode(content)]))
    const { endpoint, seen } = await loopbackHub({ id: 'some-org/pair', files })
    const options = { endpoint, cache: { directory: join(root, 'cache') } }
    const backbone = await transformersBackbone('some-org/pair', options)
    const asked = seen.length
    expect(seen.filter(({ path }) => path.endsWith('.onnx')).map(({ path }) => path.split('/').at(-1))).toEqual([
      'vision_model.onnx',
    ])
    const again = await transformersBackbone('some-org/pair', options)
    expect(seen).toHaveLength(asked)
    const inputs = await pictures(30)
    expect(await again.embed(inputs)).toEqual(await (await open('tiny-clip')).embed(inputs))
    expect(backbone).toMatchObject({ id: 'some-org/pair', pair: 'some-org/pair', fingerprint: again.fingerprint })
  })
})

describe('what is no image encoder', () => {
  const refusal = async (files: PublishedFiles, options?: TransformersBackboneOptions): Promise<string> => {
    const folder = join(await temporaryFolder(), 'other')
    await publish(folder, files)
    const error: unknown = await transformersBackbone(folder, options).then(
      () => 'opened',
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    return (error as Error).message
  }
  const { 'preprocessor_config.json': processor, ...unprocessed } = vitFiles()

  it('is refused with what it is', async () => {
    expect(await refusal(unprocessed)).toContain(
      'expected the folder of an image encoder, with preprocessor_config.json',
    )
    expect(await refusal({ ...unprocessed, 'tokenizer.json': {} })).toContain('got a model for texts')
    expect(
      await refusal({ ...vitFiles(), 'preprocessor_config.json': { ...processor, image_mean: 'half' } }),
    ).toContain('got image_mean:')
    expect(await refusal({ ...vitFiles(), 'preprocessor_config.json': {} })).toContain('with the size of pictures')
    expect(await refusal({ ...vitFiles(), 'onnx/model.onnx': new TextEncoder().encode('<html>') })).toContain(
      'it is a web page',
    )
    expect(await refusal(mobileNetFiles('logits'), { pooling: 'cls' })).toContain(
      'expected a network with last_hidden_state, for "cls"',
    )
    await expect(transformersBackbone(join(root, 'nothing/at/all'))).rejects.toThrow(ModelFilesError)
  })
})
