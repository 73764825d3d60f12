import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { float32, GraphBuilder } from '@headstart/onnx'
import { encodeModel } from '@headstart/onnx/kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.js'
import { isModelId } from './model-id.js'
import { openModel } from './open-model.js'
import { assertFits, readNetwork } from './read-network.js'

afterEach(() => vi.unstubAllEnvs())

const g = new GraphBuilder('doubled')
const x = g.input('x', 'float32', ['batch'])
g.output('y', g.op('Mul', [x, g.weight('two', float32([], [2]))]), 'float32', ['batch'])
const network = encodeModel(g.build())

async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

describe('openModel', () => {
  it('opens a folder and never touches the network', async () => {
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    const path = await folderWith({ 'config.json': '{"a":1}', 'onnx/model.onnx': network, '.git/config': '' })
    const folder = await openModel(path)
    expect(folder.names).toEqual(['config.json', 'onnx/model.onnx'])
    expect(await folder.json('config.json')).toEqual({ a: 1 })
    expect(await folder.json('none.json')).toBeUndefined()
    await expect(folder.read('none.json')).rejects.toThrow(
      /expected the file none\.json, got a folder with config\.json, onnx\/model\.onnx\./,
    )
  })

  it('follows the links of a folder, as the cache of Python has them', async () => {
    const blobs = await folderWith({ blob: '{"a":1}' })
    const path = await temporaryFolder()
    await symlink(join(blobs, 'blob'), join(path, 'config.json'))
    expect(await (await openModel(path)).json('config.json')).toEqual({ a: 1 })
  })

  it.each(['./none', '/none', '../none/model', 'a/b/c', 'a//b', 'a--b/c', 'none..such', ''])(
    'takes %j for a path',
    async (name) => {
      expect(isModelId(name)).toBe(false)
      await expect(openModel(name)).rejects.toThrow(
        /expected the folder of a model, or an id on the hub such as org\/name, got nothing of that name/,
      )
    },
  )

  it('says where there is a file', async () => {
    const path = await folderWith({ 'model.onnx': network })
    await expect(openModel(join(path, 'model.onnx'))).rejects.toThrow(/got a file\. Check the name\./)
  })

  it.each([
    ['', /got an empty file/],
    ['{', /expected a JSON object, got something else/],
    ['7', /expected a JSON object, got 7/],
  ])('says what is wrong with a configuration of %j', async (content, message) => {
    const folder = await openModel(await folderWith({ 'config.json': content }))
    await expect(folder.json('config.json')).rejects.toThrow(message)
  })
})

describe('readNetwork', () => {
  it.each(['onnx/model.onnx', 'model.onnx'])('reads %s', async (name) => {
    const folder = await openModel(await folderWith({ [name]: network }))
    expect(await readNetwork(folder)).toMatchObject({ name, dtype: 'fp32', graph: { name: 'doubled' } })
  })

  it('takes the number format that can be tuned, the one that there is, or the one that is asked for', async () => {
    const all = await openModel(
      await folderWith({
        'onnx/model.onnx': network,
        'onnx/model_fp16.onnx': network,
        'onnx/model_quantized.onnx': network,
      }),
    )
    expect(await readNetwork(all)).toMatchObject({ dtype: 'fp32' })
    expect(await readNetwork(all, { dtype: 'q8' })).toMatchObject({ name: 'onnx/model_quantized.onnx', dtype: 'q8' })
    const small = await openModel(await folderWith({ 'onnx/model_quantized.onnx': network }))
    expect(await readNetwork(small)).toMatchObject({ dtype: 'q8' })
    await expect(readNetwork(small, { dtype: 'fp16' })).rejects.toThrow(
      /expected the network onnx\/model\.onnx in the number format fp16, got the networks onnx\/model_quantized\.onnx\. Ask for one of these \(option dtype\)/,
    )
  })

  it('reads one side of a pair', async () => {
    const pair = await openModel(
      await folderWith({ 'onnx/text_model.onnx': network, 'onnx/vision_model.onnx': network }),
    )
    expect(await readNetwork(pair, { parts: ['vision_model', 'model'] })).toMatchObject({
      name: 'onnx/vision_model.onnx',
    })
  })

  it.each([
    ['a page', '<!doctype html>'],
    ['an empty file', ''],
    ['a pointer to a large file', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
    ['half a network', network.subarray(0, network.length / 2)],
  ])('refuses %s', async (_, content) => {
    const folder = await openModel(await folderWith({ 'onnx/model.onnx': content }))
    await expect(readNetwork(folder)).rejects.toThrow(
      /onnx\/model\.onnx: expected an ONNX network, got .*fetch the model again/,
    )
  })

  it('refuses a network too large for memory before it is read, and says its size', async () => {
    const path = await folderWith({ 'onnx/model.onnx': network })
    await truncate(join(path, 'onnx/model.onnx'), 2 ** 40)
    await expect(readNetwork(await openModel(path))).rejects.toThrow(
      /onnx\/model\.onnx: expected a network of at most [\d.]+ GB, which is what this machine can load, got 1099\.5 GB\. Choose a smaller model/,
    )
    expect(() => assertFits('a', 2e9, 2e9)).not.toThrow()
    expect(() => assertFits('a', 3e9, 2e9)).toThrow(/expected a network of at most 2\.0 GB.*got 3\.0 GB/)
  })
})
