import { mkdir, readFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { twoLayers } from '../../test/two-layers.js'
import type { Files } from '../files/files.js'
import { encodeModel } from './encode.js'
import { readOnnx } from './file.js'
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as Location,
  type TensorProto,
} from './proto/onnx_pb.js'

/**
 * Writes a model whose weights are in another file, one behind the other at multiples of 64 bytes.
 * @param change Changes what the model says of a weight's data.
 */
async function writeExternal(
  folder: string,
  change: (entries: Record<string, string>, weight: TensorProto) => void = () => {},
): Promise<string> {
  const model = fromBinary(ModelProtoSchema, encodeModel(twoLayers()))
  const data: number[] = []
  for (const weight of model.graph?.initializer ?? []) {
    while (data.length % 64 > 0) data.push(0)
    const entries = { location: 'weights/net.data', offset: String(data.length), length: String(weight.rawData.length) }
    data.push(...weight.rawData)
    change(entries, weight)
    weight.rawData = new Uint8Array()
    weight.dataLocation = Location.EXTERNAL
    weight.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    )
  }
  await mkdir(join(folder, 'weights'), { recursive: true })
  await writeFile(join(folder, 'weights', 'net.data'), Uint8Array.from(data))
  const path = join(folder, 'net.onnx')
  await writeFile(path, toBinary(ModelProtoSchema, model))
  return path
}

describe('external data', () => {
  it('is read from the file beside the model', async () => {
    const path = await writeExternal(await temporaryFolder())
    expect(await readOnnx(path)).toEqual(twoLayers())
  })

  it('is as long as its shape, where the model does not say', async () => {
    const path = await writeExternal(await temporaryFolder(), (entries) => delete entries['length'])
    expect(await readOnnx(path)).toEqual(twoLayers())
  })

  it.each(['../net.data', 'weights/../../net.data', '/etc/passwd', 'C:\\net.data', 'weights\\net.data', ''])(
    'is not looked for in "%s"',
    async (location) => {
      const path = await writeExternal(await temporaryFolder(), (entries) => (entries['location'] = location))
      expect(await errorOf(() => readOnnx(path))).toMatch(
        /^OnnxFormatError: .*which is no path inside its folder\. Do not use this model\.$/,
      )
    },
  )

  it.skipIf(process.platform === 'win32')(
    'is not read through a link out of the folder, unless a larger folder is given',
    async () => {
      const root = await temporaryFolder()
      const folder = join(root, 'snapshot')
      await mkdir(folder)
      const path = await writeExternal(folder)
      await rename(join(folder, 'weights', 'net.data'), join(root, 'blob'))
      await symlink(join(root, 'blob'), join(folder, 'weights', 'net.data'))
      expect(await errorOf(() => readOnnx(path))).toBe(
        `OnnxFormatError: ${path}: its weights are in "weights/net.data", a link to a place outside its folder. Put the file itself there.`,
      )
      expect(await readOnnx(path, { within: root })).toEqual(twoLayers())
    },
  )

  it('is missing, cut short, or of another length than its shape', async () => {
    const folder = await temporaryFolder()
    const path = await writeExternal(folder)
    const file = join(folder, 'weights', 'net.data')
    await truncate(file, 70)
    expect(await errorOf(() => readOnnx(path))).toMatch(
      /^OnnxFormatError: .* of "weights\/net\.data", which has 70\. The file is cut short: get it again\.$/,
    )
    await rename(file, `${file}.part`)
    expect(await errorOf(() => readOnnx(path))).toBe(
      `OnnxFormatError: ${path}: its weights are in "weights/net.data", which cannot be read. Get "weights/net.data" as well, and put it beside the model.`,
    )
    const wrong = await writeExternal(await temporaryFolder(), (entries) => (entries['length'] = '4'))
    expect(await errorOf(() => readOnnx(wrong))).toMatch(
      / needs \d+ bytes and has 4 in another file\. The file is damaged: get it again\.$/,
    )
    const negative = await writeExternal(await temporaryFolder(), (entries) => (entries['offset'] = '-8'))
    expect(await errorOf(() => readOnnx(negative))).toMatch(/ has offset "-8" in another file\./)
  })

  it('counts to the size of a model that is too large', async () => {
    const folder = await temporaryFolder()
    const path = await writeExternal(folder)
    expect(await errorOf(() => readOnnx(path, { sizeLimit: 100 }))).toMatch(
      /^ModelTooLargeError: .*: the model has 0\.0 MB, and at most 0\.0 MB can be loaded here\. Take a smaller/,
    )
    // A file of 6 GB, of which nothing is written.
    await truncate(path, 6e9)
    expect(await errorOf(() => readOnnx(path))).toMatch(
      /: the model has 6\.0 GB, and at most \d\.\d GB can be loaded here\./,
    )
    const claim = await writeExternal(await temporaryFolder(), (entries, weight) => {
      weight.dims = [BigInt(1e9)]
      entries['length'] = String(4e9)
    })
    await truncate(join(claim, '..', 'weights', 'net.data'), 4e9 + 1000)
    expect(await errorOf(() => readOnnx(claim))).toMatch(/^ModelTooLargeError: .*: the model has \d+\.0 GB/)
  })
})

describe('files of another place', () => {
  /** A model and its weights in memory, which can say sizes, or not. */
  async function memory(canSay: boolean): Promise<{ files: Files; asked: string[] }> {
    const folder = await temporaryFolder()
    await writeExternal(folder)
    const asked: string[] = []
    const read = (name: string): Promise<Uint8Array> => {
      asked.push(name)
      return readFile(join(folder, name.replace(/^models\//, '')))
    }
    const size = async (name: string): Promise<number> => (await stat(join(folder, name.replace(/^models\//, '')))).size
    return { files: canSay ? { read, size } : { read }, asked }
  }

  it.each([true, false])('are read by name, beside the model (can say sizes: %s)', async (canSay) => {
    const { files, asked } = await memory(canSay)
    expect(await readOnnx('models/net.onnx', { files })).toEqual(twoLayers())
    expect(new Set(asked)).toEqual(new Set(['models/net.onnx', 'models/weights/net.data']))
  })

  it('are refused when they are too large, and before they are read where they can say so', async () => {
    for (const canSay of [true, false]) {
      const { files, asked } = await memory(canSay)
      expect(await errorOf(() => readOnnx('net.onnx', { files, sizeLimit: 100 }))).toMatch(
        /^ModelTooLargeError: net\.onnx: /,
      )
      expect(asked).toEqual(canSay ? [] : ['net.onnx'])
    }
  })

  it('are named when they are missing', async () => {
    const bytes = await readFile(await writeExternal(await temporaryFolder()))
    const read = async (name: string): Promise<Uint8Array> => {
      if (name === 'net.onnx') return bytes
      throw new Error('404')
    }
    expect(await errorOf(() => readOnnx('net.onnx', { files: { read } }))).toBe(
      'OnnxFormatError: net.onnx: its weights are in "weights/net.data", which cannot be read. Get "weights/net.data" as well, and put it beside the model.',
    )
  })
})

describe('a file that is no model', () => {
  it.each([
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:0',
      'it is a pointer of Git LFS to one. Fetch the file itself (git lfs pull).',
    ],
    ['<!doctype html><title>404</title>', 'it is a web page. Download the file itself.'],
    ['{"architectures": ["BertModel"]}', 'it is JSON. Give the path of a file that ends in .onnx.'],
    ['PK\u0003\u0004 archive/data.pkl', 'it is a ZIP archive, such as PyTorch writes. Export the network to ONNX.'],
    ['GGUF\u0003', 'it is a model of llama.cpp. Export the network to ONNX.'],
  ])('%s', async (content, problem) => {
    const path = join(await temporaryFolder(), 'model.onnx')
    await writeFile(path, content)
    expect(await errorOf(() => readOnnx(path))).toBe(`OnnxFormatError: ${path}: this is no ONNX model: ${problem}`)
  })
})
