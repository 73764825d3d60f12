import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTfjsModel } from './read-tfjs-model.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-tfjs-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const weights = [
  { name: 'a', shape: [2], dtype: 'float32' },
  { name: 'b', shape: [1], dtype: 'float32' },
]
const whole = {
  format: 'graph-model',
  modelTopology: { node: [] },
  weightsManifest: [{ paths: ['first', 'parts/second'], weights }],
}
const numbers = new Uint8Array(Float32Array.of(1, 2, 3).buffer)

/** A model whose weight "a" lies in two shards. */
async function write(json: unknown = whole, bytes = numbers): Promise<string> {
  await mkdir(join(folder, 'parts'), { recursive: true })
  await writeFile(join(folder, 'first'), bytes.subarray(0, 5))
  await writeFile(join(folder, 'parts/second'), bytes.subarray(5))
  await writeFile(join(folder, 'model.json'), typeof json === 'string' ? json : JSON.stringify(json))
  return join(folder, 'model.json')
}

describe('readTfjsModel', () => {
  it('reads weights that lie in several shards', async () => {
    const model = await readTfjsModel(await write())
    expect(model.format).toBe('graph-model')
    expect([...model.weights]).toEqual([
      ['a', { type: 'float32', dims: [2], data: Float32Array.of(1, 2) }],
      ['b', { type: 'float32', dims: [1], data: Float32Array.of(3) }],
    ])
  })

  it.each([
    ['a graph model of old, which does not say so', { modelTopology: { node: [] } }, 'graph-model'],
    [
      'a Keras model as TensorFlow.js saves it',
      { format: 'layers-model', modelTopology: { class_name: 'Model' } },
      'layers-model',
    ],
    ['a Keras model of old, which does not say so', { modelTopology: { model_config: {} } }, 'layers-model'],
  ])('knows %s', async (_, json, format) => {
    expect((await readTfjsModel(await write({ weightsManifest: [], ...json }))).format).toBe(format)
  })

  it.each([
    ['no JSON', '<html>', 'expected JSON, got text that is none'],
    ['another kind of JSON', { layers: [] }, 'expected the model.json of a TensorFlow.js model, got modelTopology:'],
    [
      'another format',
      { ...whole, format: 'tflite' },
      'expected the format "graph-model" or "layers-model", got "tflite"',
    ],
    ['a topology of neither format', { ...whole, format: undefined, modelTopology: {} }, 'got neither'],
    ['a type that is not held', withWeight({ dtype: 'complex64' }), 'got weightsManifest.0.weights.0.dtype:'],
    ['a shape that is none', withWeight({ shape: [-1] }), 'got weightsManifest.0.weights.0.shape.0:'],
    ['a shard outside its folder', { ...whole, weightsManifest: [{ paths: ['../first'], weights }] }, 'got "../first"'],
  ])('refuses %s', async (_, json, message) => {
    await expect(readTfjsModel(await write(json))).rejects.toMatchObject({
      name: 'TfjsFormatError',
      message: expect.stringContaining(message),
    })
  })

  it('refuses shards that were cut short or are too long', async () => {
    await expect(readTfjsModel(await write(whole, numbers.subarray(0, 11)))).rejects.toThrow(
      'The shards were cut short',
    )
    await expect(readTfjsModel(await write(whole, new Uint8Array(13)))).rejects.toThrow(
      'expected 12 bytes, which its weights take, got 13',
    )
  })

  it('names the file that is missing', async () => {
    await expect(readTfjsModel(join(folder, 'model.json'))).rejects.toMatchObject({
      name: 'FileError',
      who: join(folder, 'model.json'),
    })
    const path = await write()
    await rm(join(folder, 'parts/second'))
    await expect(readTfjsModel(path)).rejects.toMatchObject({ name: 'FileError', who: join(folder, 'parts/second') })
  })
})

function withWeight(change: object): unknown {
  return { ...whole, weightsManifest: [{ paths: ['first'], weights: [{ ...weights[0], ...change }] }] }
}
