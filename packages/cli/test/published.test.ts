import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loopbackHub } from '@headstart/hub/test'
import { asBytes, bertFiles, writeFiles } from '@headstart/nlp/test'
import { tinyTranslator } from '@headstart/translation/test'
import { clipFiles, publish, teachableMachineFiles, vitFiles } from '@headstart/vision/test'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writePictures } from './pictures.js'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let folder: string
let data: string
beforeAll(async () => {
  scene = await openScene()
  folder = join(await mkdtemp(join(tmpdir(), 'headstart-cli-')), 'tiny-bert')
  await writeFiles(folder, bertFiles())
  data = await scene.write('reviews.csv', csv(reviews(40)))
})
afterAll(() => Promise.all([scene.remove(), rm(join(folder, '..'), { recursive: true })]))

describe('a published network', () => {
  it('is trained on, from its folder, and needs it no longer', async () => {
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    const out = scene.path('model')
    const { code, stdout, stderr } = await scene.run([
      'train',
      data,
      '--task',
      'text',
      '--backbone',
      folder,
      '--out',
      out,
      '--json',
    ])
    expect(stderr).toMatch(
      /^note: tiny-bert: \d+ texts are longer than 64 tokens; what is behind them was not read\.\nnote: Held-out examples gain by what stands beside the network: .+\.\n$/,
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ backbone: 'tiny-bert', examples: 80, strategy: 'head' })
    expect((await scene.run(['predict', out, 'good food'])).code).toBe(0)
    vi.unstubAllEnvs()
  })

  it('shows its stages and their parameters', async () => {
    const { stdout } = await scene.run(['backbones', folder, '--json'])
    const shown = JSON.parse(stdout) as { parameters: number; stages: { name: string; parameters: number }[] }
    expect(shown).toMatchObject({ id: 'tiny-bert', task: 'text', features: 32 })
    expect(shown.stages.map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1'])
    // Four matrices of 32 x 32, two of 32 x 128, their biases and two normalizations.
    expect(shown.stages[1]?.parameters).toBe(4 * (32 * 32 + 32) + 32 * 128 + 128 + 128 * 32 + 32 + 4 * 32)
    expect((await scene.run(['backbones', folder])).stdout).toMatch(/layer 1 +12704\n/)
  })

  it('is fetched ahead of time, and then used without a network', async () => {
    const { endpoint } = await loopbackHub({ id: 'some-org/tiny', files: asBytes(bertFiles()) })
    vi.stubEnv('HF_ENDPOINT', endpoint)
    const { code, stdout } = await scene.run(['backbones', 'add', 'some-org/tiny', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'some-org/tiny',
      files: ['config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'],
    })
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    expect(JSON.parse((await scene.run(['backbones', 'some-org/tiny', '--json'])).stdout)).toMatchObject({
      id: 'some-org/tiny',
    })
    vi.unstubAllEnvs()
  })

  it('is fetched ahead of time where it is a translator as well, with all of its networks', async () => {
    const files = Object.fromEntries(tinyTranslator({ decoders: 'apart' }))
    const { endpoint } = await loopbackHub({ id: 'some-org/opus', pipeline: 'translation', files })
    vi.stubEnv('HF_ENDPOINT', endpoint)
    const { code, stdout, stderr } = await scene.run(['backbones', 'add', 'some-org/opus'])
    expect([stderr, code]).toEqual(['', 0])
    expect(stdout).toMatch(/^some-org\/opus: 7 files, .*\nUse it: --task translate --backbone some-org\/opus\n$/)
    vi.unstubAllEnvs()
  })

  it.each([
    [
      'a slip',
      ['--backbone', 'universal-sentence'],
      /option --backbone: expected the path of a folder, an id on the hub \(org\/name\), or one of: universal-sentence-encoder-lite, got universal-sentence\./,
    ],
    [
      'a folder that is not there',
      ['--backbone', './none'],
      /expected the folder of a model, or an id on the hub such as org\/name, got nothing of that name/,
    ],
    [
      'an id without a network',
      ['--backbone', 'some-org/other'],
      /some-org\/other: expected a model in the cache, got none, and HEADSTART_OFFLINE/,
    ],
  ])('that cannot be had is said: %s', async (_, flags, message) => {
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    const { code, stderr } = await scene.run(['train', data, '--task', 'text', ...flags, '--out', scene.path('none')])
    vi.unstubAllEnvs()
    expect(stderr).toMatch(message)
    expect(code).toBe(stderr.includes('HEADSTART_OFFLINE') ? 1 : 2)
  })
})

describe('a folder whose network cannot be used', () => {
  /** The same bytes with one word in place of another of its length. */
  const reworded = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
    Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1')

  it.each([
    [
      'an operator that onnxruntime does not have',
      (bytes: Uint8Array) => reworded(bytes, 'Softmax', 'Softwax'),
      /session ".*": onnxruntime could not load the graph: .*Softwax/,
    ],
    [
      'no network but a web page',
      () => Buffer.from('<!doctype html><title>404</title>'),
      /expected an ONNX network, got this is no ONNX model: it is a web page\./,
    ],
    [
      'a network cut short',
      (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2),
      /expected an ONNX network, got /,
    ],
  ])('is the fault of its file, in one line: %s', async (name, spoil, says) => {
    const files = bertFiles()
    const spoilt = scene.path(name)
    await writeFiles(spoilt, { ...files, 'onnx/model.onnx': spoil(files['onnx/model.onnx'] as Uint8Array) })
    const flags = ['--task', 'text', '--backbone', spoilt, '--out', scene.path('none')]
    const { code, stdout, stderr } = await scene.run(['train', data, ...flags])
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(/^headstart: [^\n]+\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('a published network of pictures', () => {
  it('is trained on, tuned, and shows its stages', async () => {
    const vit = scene.path('tiny-vit')
    await publish(vit, vitFiles())
    const examples = scene.path('shapes')
    for (const shape of ['circle', 'stripes'] as const) await writePictures(join(examples, shape), shape, 12)
    const shown = JSON.parse((await scene.run(['backbones', vit, '--task', 'image', '--json'])).stdout) as {
      stages: { name: string }[]
    }
    expect(shown.stages.map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1', 'output'])
    const out = scene.path('shapes-model')
    const { code, stdout, stderr } = await scene.run([
      'train',
      examples,
      '--task',
      'image',
      '--backbone',
      vit,
      '--unfreeze',
      '2',
      '--epochs',
      '2',
      '--out',
      out,
      '--json',
    ])
    expect([code, stderr.includes('error')]).toEqual([0, false])
    expect(JSON.parse(stdout)).toMatchObject({ backbone: 'tiny-vit', examples: 24 })
    expect((await scene.run(['predict', out, join(examples, 'circle', 'circle 0.jpg')])).code).toBe(0)
  })

  it('of a pair is fetched ahead of time with both sides, and then begins from names without a network', async () => {
    const { 'tokenizer.json': tokenizer = {}, 'tokenizer_config.json': settings = {} } = bertFiles()
    const files = { ...clipFiles(1000), 'tokenizer.json': tokenizer, 'tokenizer_config.json': settings }
    const { endpoint } = await loopbackHub({ id: 'some-org/pair', files: asBytes(files) })
    vi.stubEnv('HF_ENDPOINT', endpoint)
    const added = JSON.parse((await scene.run(['backbones', 'add', 'some-org/pair', '--json'])).stdout) as object
    expect(added).toMatchObject({ files: expect.arrayContaining(['onnx/text_model.onnx', 'onnx/vision_model.onnx']) })
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    const args = ['--backbone', 'some-org/pair', '--labels', 'circle,stripes', '--out', scene.path('fetched')]
    const { code, stderr } = await scene.run(['train', '--task', 'image', ...args])
    vi.unstubAllEnvs()
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('of a pair begins from names, without an example', async () => {
    const pair = scene.path('tiny-pair')
    const { 'tokenizer.json': tokenizer = {}, 'tokenizer_config.json': settings = {} } = bertFiles()
    await publish(pair, { ...clipFiles(1000), 'tokenizer.json': tokenizer, 'tokenizer_config.json': settings })
    const out = scene.path('named')
    const { code, stdout, stderr } = await scene.run([
      'train',
      '--task',
      'image',
      '--backbone',
      pair,
      '--labels',
      'circle,stripes',
      '--out',
      out,
      '--json',
    ])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'zero-shot', examples: 0, labels: ['circle', 'stripes'] })
    const [path = ''] = await writePictures(scene.path('one'), 'circle', 1)
    expect((await scene.run(['predict', out, path])).stdout).toMatch(/^(circle|stripes) [01]\./)
  })
})

const opinions = [
  'text,label',
  ...['I love it', 'wonderful', 'a great joy', 'the best of all'].map((text) => `${text},1`),
  ...['I hate it', 'terrible', 'an awful pain', 'the worst of all'].map((text) => `${text},0`),
].join('\n')

describe('the names of classes beside examples', () => {
  it('say what labels are called that are ids', async () => {
    const data = await scene.write('opinions.csv', opinions)
    const args = ['train', data, '--task', 'text', '--labels', '0=negative,1=positive', '--out', scene.path('ids')]
    const { code, stdout } = await scene.run([...args, '--json'])
    expect(code).toBe(0)
    const { labels, knowledge } = JSON.parse(stdout) as { labels: string[]; knowledge: Record<string, number> }
    expect(labels).toEqual(['0', '1'])
    expect(Object.keys(knowledge)).toEqual(expect.arrayContaining(['polarity-en', 'class names']))
  })
})

describe('the names of classes in place of examples', () => {
  it('make a model', async () => {
    const out = scene.path('names')
    const args = ['train', '--task', 'text', '--labels', 'a good restaurant, a bad restaurant', '--out', out]
    const { code, stdout } = await scene.run([...args, '--template', 'This is {label}.', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      strategy: 'zero-shot',
      examples: 0,
      labels: ['a bad restaurant', 'a good restaurant'],
      crossValidation: null,
    })
    const answers = (await scene.run(['predict', out, 'The food was wonderful.', 'Awful food, awful service.'])).stdout
      .trimEnd()
      .split('\n')
    expect(answers).toEqual([
      expect.stringMatching(/^a good restaurant 0\./),
      expect.stringMatching(/^a bad restaurant 0\./),
    ])
    expect((await scene.run(args)).stdout).toMatch(
      /^Made from the names of 2 classes, without examples\.[^]*Measure it .*: headstart evaluate/,
    )
  })

  it.each([
    [
      ['--labels', 'a,b', '--task', 'image'],
      /option --backbone: expected a pair that reads pictures and texts, .*, got "mobilenets-joined"/,
    ],
    [['--task', 'text'], /training data: expected labeled examples, or names of classes \(--labels\), got neither/],
    [['--labels', 'a,,b', '--task', 'text'], /Expected a list, separated by commas, without empty parts/],
    [['--labels', 'a,a', '--task', 'text'], /labels: expected different names, got "a" twice/],
    [
      ['ids.csv', '--labels', '0=bad,two=good', '--task', 'text'],
      /option --labels: expected with examples what their labels are called, such as 0=name; they are 0, 1, got "two=good"/,
    ],
  ])('are refused: %j', async ([first = '', ...args], message) => {
    const data = first.endsWith('.csv') ? await scene.write(first, opinions) : first
    const { code, stderr } = await scene.run(['train', data, ...args, '--out', scene.path('refused')])
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('a project of Teachable Machine', () => {
  it('answers from the folder that was downloaded, and is a backbone to train on', async () => {
    const project = scene.path('my-project')
    await publish(project, teachableMachineFiles())
    const pictures = scene.path('drawings')
    const [some = ''] = await writePictures(join(pictures, 'circle'), 'circle', 8)
    await writePictures(join(pictures, 'stripes'), 'stripes', 8)
    const asked = await scene.run(['predict', project, some, '--json'])
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    const { probabilities } = JSON.parse(asked.stdout) as { probabilities: Readonly<Record<string, number>> }
    expect(Object.keys(probabilities).toSorted()).toEqual(['cat', 'dog', 'no animal'])
    // Flags of asking pictures are known, and what such a model cannot tell is said.
    const unknown = await scene.run(['predict', project, some, '--unknown', '5%'])
    expect(unknown.code).not.toBe(0)
    expect(unknown.stderr).toMatch(/trained elsewhere/)
    const out = scene.path('on-my-project')
    const trained = await scene.run([
      'train',
      pictures,
      '--task',
      'image',
      '--backbone',
      project,
      '--out',
      out,
      '--json',
    ])
    expect(trained.code).toBe(0)
    expect(JSON.parse(trained.stdout)).toMatchObject({ backbone: 'my-project', strategy: 'head' })
  })
})
