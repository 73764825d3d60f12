import '@headstart/onnx/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataset, fineTune, type Matrix, type TrainEvent } from '@headstart/core'
import { rowOf } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { loopbackHub } from '@headstart/hub/test'
import { float32, GraphBuilder, tensor } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { env, pipeline } from '@huggingface/transformers'
import { afterAll, describe, expect, it } from 'vitest'
import { oddTexts } from '../../test/odd-texts.js'
import { publish } from '../../test/publish.js'
import { loadModel } from '../index.js'
import {
  asBytes,
  bertFiles,
  type PublishedFiles,
  robertaFiles,
  sentenceTransformersFiles,
  writeFiles,
} from '../test/index.js'
import { tokenizedTextLoader } from '../preprocessing/tokenized-text.js'
import { transformersBackbone, type TransformersBackboneOptions } from './transformers-backbone.js'

const root = await mkdtemp(join(tmpdir(), 'headstart-encoders-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const encoders = { 'tiny-bert': bertFiles(), 'tiny-roberta': robertaFiles() }
for (const [name, files] of Object.entries(encoders)) await writeFiles(join(root, name), files)

const long = 'The room was bad and the staff was very good. '.repeat(12)
const texts = [
  '',
  'good',
  'The food was great!',
  'Terrible service, and the staff was not friendly at all.',
  'Größe 12: naïve café',
]

const examples = dataset([
  ...['good food', 'great staff', 'very friendly', 'good film'].map((input) => ({ input, label: 'good' })),
  ...['bad food', 'terrible staff', 'not friendly', 'bad film'].map((input) => ({ input, label: 'bad' })),
])

for (const name of Object.keys(encoders)) {
  const create = (options?: TransformersBackboneOptions) => transformersBackbone(join(root, name), options)
  const inputs = [...texts, long]
  testBackbone(`transformersBackbone("${name}")`, { create, inputs, loader: tokenizedTextLoader })
  testBackbone(`transformersBackbone("${name}"), long texts in parts`, {
    create: () => create({ longTexts: 'split', pooling: 'cls', normalize: true }),
    inputs,
    loader: tokenizedTextLoader,
  })

  describe(`transformersBackbone("${name}")`, () => {
    it.each(['mean', 'cls', 'last'] as const)('gives the features of Transformers.js, pooling %s', async (pooling) => {
      for (const normalize of [false, true]) {
        const { data } = await (await create({ pooling, normalize })).embed(texts)
        expect(data).toBeAllclose(await pipelineFeatures(name, texts, pooling, normalize), { rtol: 0, atol: 1e-4 })
      }
    })

    it('gives finite features to odd texts', async () => {
      for (const longTexts of ['truncate', 'split'] as const) {
        const { data } = await (await create({ longTexts })).embed(Object.values(oddTexts))
        expect(data.findIndex((value) => !Number.isFinite(value))).toBe(-1)
      }
    })

    it('has the stages of its layers, and learns in them', async () => {
      const backbone = await create()
      expect(backbone.network.stages.map((stage) => stage.name)).toEqual(['embedding', 'layer 0', 'layer 1'])
      const losses: number[] = []
      const onEvent = (event: TrainEvent) => void (event.type === 'epoch' && losses.push(event.loss))
      await fineTune(backbone, examples, {
        unfreeze: 2,
        epochs: 12,
        patience: 12,
        validation: 0.25,
        cache: false,
        onEvent,
      })
      expect(losses.length).toBeGreaterThanOrEqual(12)
      expect(losses[11]).toBeLessThan((losses[0] as number) * 0.8)
    })

    it('is saved in a model that needs neither the folder nor the network', async () => {
      const folder = await publish(encoders[name as keyof typeof encoders], 'gone')
      const backbone = await transformersBackbone(folder)
      const model = await fineTune(backbone, examples, { cache: false })
      await model.save(join(folder, '../model'))
      await rm(folder, { recursive: true })
      const again = await loadModel(join(folder, '../model'))
      expect(await again.predict(texts)).toEqual(await model.predict(texts))
    })
  })
}

/** The features that Transformers.js computes of a folder, text by text. */
async function pipelineFeatures(
  name: string,
  inputs: readonly string[],
  pooling: 'mean' | 'cls' | 'last',
  normalize: boolean,
): Promise<number[]> {
  env.allowRemoteModels = false
  env.localModelPath = root
  const extract = await pipeline('feature-extraction', name, { dtype: 'fp32' })
  const rows: number[] = []
  for (const text of inputs) {
    rows.push(
      ...((await extract(text, { pooling: pooling === 'last' ? 'last_token' : pooling, normalize }))
        .data as Float32Array),
    )
  }
  await extract.dispose()
  return rows
}

const rowsOf = ({ rows, ...matrix }: Matrix) =>
  Array.from({ length: rows }, (_, row) => rowOf({ rows, ...matrix }, row))

describe('long texts', () => {
  const words = (count: number): string => Array.from({ length: count }, () => 'good').join(' ')

  it('are cut behind the last token that is read, the closing one kept, and counted', async () => {
    const backbone = await transformersBackbone(join(root, 'tiny-bert'), { maxLength: 10 })
    const [eight, nine, many] = rowsOf(await backbone.embed([words(8), words(9), words(500)]))
    expect(nine).toBeAllclose(eight ?? [], { atol: 1e-6 })
    expect(many).toBeAllclose(eight ?? [], { atol: 1e-6 })
    expect(backbone.takeNotices?.()).toEqual(['2 texts are longer than 10 tokens; what is behind them was not read.'])
    expect(backbone.takeNotices?.()).toEqual([])
    const closing = await backbone.preprocessing.prepare(words(9))
    expect(closing).toEqual(await backbone.preprocessing.prepare(words(8)))
  })

  it('are counted once in training and evaluation, by a saved model as well', async () => {
    const backbone = await transformersBackbone(join(root, 'tiny-bert'), { maxLength: 10 })
    const data = dataset([
      ...examples.examples,
      { input: words(20), label: 'good' },
      { input: `bad ${words(20)}`, label: 'bad' },
    ])
    const notices: string[] = []
    const onEvent = (event: TrainEvent) =>
      void (event.type === 'notice' && event.message.includes('tokens') && notices.push(event.message))
    const said = 'tiny-bert: 2 texts are longer than 10 tokens; what is behind them was not read.'
    const tuned = await fineTune(backbone, data, { unfreeze: 1, epochs: 1, validation: 0.4, cache: false, onEvent })
    expect(notices).toEqual([said])
    const folder = join(root, 'long-model')
    await tuned.save(folder)
    await (await loadModel(folder)).evaluate(data, { cache: false, onEvent })
    expect(notices).toEqual([said, said])
  })

  it('are read in parts of like size, of whose features the mean is taken', async () => {
    const folder = join(root, 'tiny-bert')
    const split = await transformersBackbone(folder, { maxLength: 8, longTexts: 'split' })
    const parts = ['the food was great good', 'staff was friendly and very', 'bad room this hotel was']
    const whole = await transformersBackbone(folder, { maxLength: 8 })
    const [text, short] = rowsOf(await split.embed([parts.join(' '), 'good']))
    const [first = [], second = [], third = [], alone = []] = rowsOf(await whole.embed([...parts, 'good']))
    expect(text).toBeAllclose(
      Float32Array.from(first, (value, column) => (value + (second[column] as number) + (third[column] as number)) / 3),
      { atol: 1e-5 },
    )
    expect(short).toBeAllclose(alone, { atol: 1e-5 })
  })

  it('have the prefix before each part', async () => {
    const backbone = await transformersBackbone(join(root, 'tiny-bert'), {
      maxLength: 10,
      longTexts: 'split',
      prefix: 'the: ',
    })
    const prefix = await (await transformersBackbone(join(root, 'tiny-bert'))).preprocessing.prepare('the:')
    const lead = (prefix as number[][])[0]?.slice(0, -1)
    const parts = (await backbone.preprocessing.prepare(words(13))) as number[][]
    expect(parts.map((ids) => ids.length)).toEqual([8, 9, 8])
    for (const ids of parts) expect(ids.slice(0, lead?.length)).toEqual(lead)
  })
})

describe('words that are explained', () => {
  it.each(['tiny-bert', 'tiny-roberta'])('are told among the tokens of %s', async (name) => {
    for (const prefix of ['', 'the: ']) {
      const { preprocessing } = await transformersBackbone(join(root, name), { prefix })
      const text = 'Terrible service, and the naïve staff was not friendly!'
      const { parts, tokens, keep } = (await preprocessing.dissect?.(text)) ?? {}
      const [ids = []] = (await preprocessing.prepare(text)) as number[][]
      const { input = '', parts: of = [] } = tokens?.() ?? {}
      expect(of).toHaveLength(preprocessing.collate([[ids]])[input]?.data.length as number)
      // Who leaves a word out leaves out its tokens; at both ends a space may become one.
      for (const word of Array.from(parts ?? [], (_, at) => at).slice(1, -1)) {
        const kept = keep?.((parts ?? []).map((_, at) => at !== word))
        expect([word, await preprocessing.prepare(kept as string)]).toEqual([
          word,
          [ids.filter((_, at) => of[at] !== word)],
        ])
      }
    }
  })

  it('are weighed by gradients, however long the text and in how many parts it is read', async () => {
    const texts = 'The room was bad and the staff was very good. '.repeat(20)
    for (const options of [{}, { maxLength: 32, longTexts: 'split', prefix: 'the: ' }] as const) {
      const backbone = await transformersBackbone(join(root, 'tiny-bert'), { ...options, knowledge: [] })
      const model = await fineTune(backbone, examples, { cache: false, l2: 0.01 })
      const { method, parts } = await model.explain(texts, { faithfulness: false, method: 'integrated gradients' })
      const read = parts.filter((part) => part.read !== false)
      expect([method, read.length]).toEqual(['integrated gradients', 'longTexts' in options ? 200 : 57])
      expect(read.some(({ weight }) => weight !== 0)).toBe(true)
    }
  })
})

describe('the settings of sentence-transformers', () => {
  const withSettings = (...args: Parameters<typeof sentenceTransformersFiles>) =>
    publish({ ...bertFiles(), ...sentenceTransformersFiles(...args) })

  it.each([
    ['mean_tokens', 'mean'],
    ['cls_token', 'cls'],
    ['lasttoken', 'last'],
  ] as const)('%s is the default', async (mode, pooling) => {
    const said = await (await transformersBackbone(await withSettings(mode))).embed(texts)
    const asked = await (await transformersBackbone(join(root, 'tiny-bert'), { pooling, normalize: true })).embed(texts)
    expect(said).toEqual(asked)
  })

  it('give way to options', async () => {
    const options = { pooling: 'mean', normalize: false } as const
    const said = await (await transformersBackbone(await withSettings('cls_token'), options)).embed(texts)
    expect(said).toEqual(await (await transformersBackbone(join(root, 'tiny-bert'), options)).embed(texts))
  })

  it('limit the length, and name a prompt', async () => {
    const prompts = {
      'config_sentence_transformers.json': { prompts: { query: 'the: ' }, default_prompt_name: 'query' },
    }
    const folder = await publish({ ...bertFiles(), ...sentenceTransformersFiles('mean_tokens'), ...prompts })
    expect((await transformersBackbone(folder)).preprocessing.config).toMatchObject({ maxLength: 48, prefix: 'the: ' })
    expect((await transformersBackbone(folder, { prefix: '', maxLength: 60 })).preprocessing.config).toMatchObject({
      maxLength: 60,
      prefix: '',
    })
  })

  it('that cannot be followed are said', async () => {
    const notices: string[] = []
    const dense = {
      'modules.json': [
        { path: '1_Pooling', type: 'x.Pooling' },
        { path: '2_Dense', type: 'x.Dense' },
      ],
    }
    await transformersBackbone(
      await publish({ ...bertFiles(), ...sentenceTransformersFiles('max_tokens'), ...dense }),
      { onNotice: (message) => notices.push(message) },
    )
    expect(notices).toEqual([
      'tiny-encoder: its layer "Dense" is not part of the network file and is left out.',
      'tiny-encoder: its pooling (pooling_mode_max_tokens) is not supported.',
    ])
  })
})

describe('a network in another version of the operators', () => {
  /** Vectors of tokens, and no more. */
  function lookUp(opset: number, type: 'int64' | 'int32'): PublishedFiles {
    const g = new GraphBuilder('vectors', { opsets: { '': opset } })
    const ids = g.input('input_ids', type, ['batch', 'tokens'])
    const table = g.weight(
      'table',
      float32(
        [120, 4],
        Float32Array.from({ length: 480 }, (_, place) => Math.sin(place)),
      ),
    )
    g.output('token_embeddings', g.op('Gather', [table, ids]), 'float32', ['batch', 'tokens', 4])
    return { ...bertFiles(), 'onnx/model.onnx': encodeModel(g.build()) }
  }

  it.each([11, 13, 17, 18, 21] as const)('%i is pooled, trained and saved', async (opset) => {
    const folder = await publish(lookUp(opset, opset === 13 ? 'int32' : 'int64'))
    const backbone = await transformersBackbone(folder)
    const [ids = []] = (await backbone.preprocessing.prepare('good food')) as number[][]
    const mean = Array.from(
      { length: 4 },
      (_, column) => ids.reduce((sum, id) => sum + Math.sin(id * 4 + column), 0) / ids.length,
    )
    expect((await backbone.embed(['the food was very good', 'good food'])).data.slice(4)).toBeAllclose(mean, {
      atol: 1e-6,
    })
    const model = await fineTune(backbone, examples, { cache: false })
    await model.save(join(folder, '../model'))
    expect(await (await loadModel(join(folder, '../model'))).predict(texts)).toEqual(await model.predict(texts))
  })
})

it('gives a network that asks for positions those of its family', async () => {
  const positions = (files: PublishedFiles): PublishedFiles => {
    const g = new GraphBuilder('positions')
    const ids = g.op('Cast', [g.input('input_ids', 'int64', ['batch', 'tokens'])], { to: 1 })
    const places = g.op('Cast', [g.input('position_ids', 'int64', ['batch', 'tokens'])], { to: 1 })
    const both = g.op(
      'Concat',
      [ids, places].map((one) => g.op('Unsqueeze', [one, g.ints([2])])),
      { axis: 2 },
    )
    g.output('last_hidden_state', both, 'float32', ['batch', 'tokens', 2])
    return { ...files, 'onnx/model.onnx': encodeModel(g.build()) }
  }
  for (const [files, first] of [
    [bertFiles(), 0],
    [robertaFiles(), 2],
  ] as const) {
    const { embed, preprocessing } = await transformersBackbone(await publish(positions(files)))
    const tokens = preprocessing.cost(await preprocessing.prepare('good food'))
    expect((await embed(['good food', 'the food was very good'])).data[1]).toBeCloseTo(first + (tokens - 1) / 2)
  }
})

describe('a network in half precision', () => {
  /** Rows of 0, 1, 2 and 3 in half precision, by the id of a token. */
  function halfVectors(): PublishedFiles {
    const g = new GraphBuilder('half')
    const ids = g.input('input_ids', 'int64', ['batch', 'tokens'])
    const table = tensor(
      'float16',
      [120, 4],
      Uint16Array.from({ length: 480 }, (_, place) => [0, 0x3c00, 0x4000, 0x4200][place % 4] as number),
    )
    g.output('last_hidden_state', g.op('Gather', [g.weight('table', table), ids]), 'float16', ['batch', 'tokens', 4])
    const { 'onnx/model.onnx': _, ...files } = bertFiles()
    return { ...files, 'onnx/model_fp16.onnx': encodeModel(g.build()) }
  }

  it('runs frozen as it is, and is made float32 to be tuned, which is said', async () => {
    const folder = await publish(halfVectors())
    const notices: string[] = []
    const onNotice = (message: string) => void notices.push(message)
    const frozen = await transformersBackbone(folder, { onNotice })
    expect(frozen.id).toBe('tiny-encoder (fp16)')
    expect((await frozen.embed(['good food'])).data).toEqual(Float32Array.of(0, 1, 2, 3))
    await expect(fineTune(frozen, examples, { unfreeze: 1, cache: false })).rejects.toThrow(
      /expected stages with float32 weights to tune/,
    )
    expect(notices).toEqual([])
    const tunable = await transformersBackbone(folder, { onNotice, forTuning: true })
    expect((await tunable.embed(['good food'])).data).toEqual(Float32Array.of(0, 1, 2, 3))
    expect(notices).toEqual([
      expect.stringMatching(/^tiny-encoder: Weights in half precision were made float32 ones\. Take a file in float32/),
    ])
    const tuned = await fineTune(tunable, examples, { unfreeze: 1, epochs: 1, validation: 0.25, cache: false })
    expect(await tuned.predict(['good'])).toHaveLength(1)
  })
})

describe('a model of a hub', () => {
  it('that is on the list is used as its card says', async () => {
    const { endpoint } = await loopbackHub({
      id: 'Xenova/all-MiniLM-L6-v2',
      files: asBytes(bertFiles({ positions: 512 })),
    })
    const options = { endpoint, cache: { directory: join(root, 'cache') } }
    const backbone = await transformersBackbone('Xenova/all-MiniLM-L6-v2', options)
    expect(backbone.preprocessing.config).toMatchObject({ maxLength: 256, prefix: '' })
    const asked = await transformersBackbone('Xenova/all-MiniLM-L6-v2', {
      ...options,
      pooling: 'mean',
      normalize: true,
    })
    expect(await backbone.embed(texts)).toEqual(await asked.embed(texts))
  })

  it('gives the features of its folder, and is fetched once', async () => {
    const { endpoint, seen } = await loopbackHub({ id: 'some-org/tiny', files: asBytes(bertFiles()) })
    const options = { endpoint, cache: { directory: join(root, 'cache') } }
    const fetched = await transformersBackbone('some-org/tiny', options)
    const asked = seen.length
    const again = await transformersBackbone('some-org/tiny', options)
    expect(seen).toHaveLength(asked)
    expect(again).toMatchObject({ id: 'some-org/tiny', fingerprint: fetched.fingerprint })
    expect(await again.embed(texts)).toEqual(await (await transformersBackbone(join(root, 'tiny-bert'))).embed(texts))
  })
})

describe('a folder that makes no text encoder is refused', () => {
  const without = (name: string): PublishedFiles =>
    Object.fromEntries(Object.entries(bertFiles()).filter(([key]) => key !== name))
  const network = (inputs: readonly string[], output: string): PublishedFiles => {
    const g = new GraphBuilder('other')
    const values = inputs.map((name) => g.input(name, 'int64', ['batch', 'tokens']))
    const cast = g.op('Cast', [values[0] ?? ''], { to: 1 })
    g.output(output, g.op('Mul', [cast, g.weight('w', float32([], [2]))]), 'float32', ['batch', 8])
    return { 'onnx/model.onnx': encodeModel(g.build()) }
  }

  it.each<[string, PublishedFiles, RegExp]>([
    ['no configuration', without('config.json'), /expected the folder of a model, with config\.json/],
    [
      'no tokenizer',
      without('tokenizer.json'),
      /expected tokenizer\.json and tokenizer_config\.json, got a folder without/,
    ],
    ['a model for images', { ...without('tokenizer.json'), 'preprocessor_config.json': {} }, /got a model for images/],
    ['no network', without('onnx/model.onnx'), /expected the network onnx\/model\.onnx, got no ONNX file.*optimum-cli/],
    [
      'a decoder alone',
      { ...without('onnx/model.onnx'), 'onnx/decoder_model_merged.onnx': new Uint8Array(8) },
      /got a text generator/,
    ],
    [
      'a generator',
      { ...bertFiles(), ...network(['input_ids', 'past_key_values.0.key'], 'logits') },
      /expected an encoder of texts.*got a text generator/,
    ],
    [
      'a classifier',
      { ...bertFiles(), ...network(['input_ids'], 'logits') },
      /expected an encoder with one of the outputs last_hidden_state.*got the outputs logits/,
    ],
    [
      'other inputs',
      { ...bertFiles(), ...network(['pixel_values'], 'last_hidden_state') },
      /got the inputs pixel_values/,
    ],
    [
      'a network that is none',
      { ...bertFiles(), 'onnx/model.onnx': new TextEncoder().encode('<html>') },
      /expected an ONNX network/,
    ],
    [
      'a tokenizer that is no JSON',
      { ...bertFiles(), 'tokenizer.json': new TextEncoder().encode('{') },
      /tokenizer\.json: expected JSON/,
    ],
    [
      'a tokenizer of another kind',
      { ...bertFiles(), 'tokenizer.json': { model: { type: 'Unknown' } } },
      /tokenizer\.json: expected a tokenizer of Hugging Face, got/,
    ],
    [
      'settings of a tokenizer that are none',
      { ...bertFiles(), 'tokenizer_config.json': new TextEncoder().encode('null') },
      /tokenizer_config\.json: expected a JSON object, got null/,
    ],
    [
      'a configuration that is no JSON',
      { ...bertFiles(), 'config.json': new TextEncoder().encode('') },
      /config\.json: expected a JSON object, got an empty file/,
    ],
  ])('%s', async (_, files, message) => {
    await expect(transformersBackbone(await publish(files))).rejects.toThrow(message)
    await expect(transformersBackbone(await publish(files))).rejects.toMatchObject({ fault: 'input' })
  })

  it.each<[string, TransformersBackboneOptions, RegExp]>([
    ['a pooling', { pooling: 'max' as 'mean' }, /expected 'mean', 'cls' or 'last', got max/],
    ['a length', { maxLength: 65 }, /expected a whole number of tokens from 8 to 64, got 65/],
    ['a number format', { dtype: 'q8' }, /in the number format q8, got the networks onnx\/model\.onnx/],
  ])('and %s that it does not have', async (_, options, message) => {
    await expect(transformersBackbone(join(root, 'tiny-bert'), options)).rejects.toThrow(message)
  })
})
