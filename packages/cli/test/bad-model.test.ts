import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { modelHashes, openScene, type Scene } from './scene.js'

let scene: Scene
let data: string
let whole: string
beforeAll(async () => {
  scene = await openScene()
  data = await scene.write('data.csv', csv(reviews(8)))
  whole = scene.path('whole')
  expect(await scene.run(['train', data, '--task', 'text', '--out', whole, '--l2', '0.01'])).toMatchObject({ code: 0 })
})
afterAll(() => scene.remove())

type Manifest = Record<string, unknown>

/** Changes a copy of the manifest without putting its own hash right, as an editor would. */
async function edit(model: string, change: (manifest: Manifest) => object): Promise<void> {
  const path = join(model, 'headstart.json')
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')) as Manifest)))
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(path, bytes)
}

const cases: Record<string, { spoil: (model: string) => Promise<void>; says: RegExp }> = {
  'a missing folder': {
    spoil: (model) => rm(model, { recursive: true }),
    says: /expected a model folder .*, got nothing of that name/,
  },
  'a folder that is no model': {
    spoil: async (model) => {
      await rm(model, { recursive: true })
      await mkdir(model)
      await writeFile(join(model, 'notes.txt'), '')
    },
    says: /expected a model folder \(with headstart\.json in it\), got a folder with notes\.txt/,
  },
  'a truncated model.onnx': {
    spoil: (model) => truncate(join(model, 'model.onnx'), 1000),
    says: /expected model\.onnx as it was saved .*got other contents/,
  },
  'a model.onnx that is gone': {
    spoil: (model) => rm(join(model, 'model.onnx')),
    says: /expected the file model\.onnx, got no such file/,
  },
  'a truncated headstart.json': {
    spoil: (model) => truncate(join(model, 'headstart.json'), 100),
    says: /got a file that is cut short or no JSON/,
  },
  'weights that were tampered with': {
    spoil: (model) => flipByte(join(model, 'model.onnx')),
    says: /expected model\.onnx as it was saved/,
  },
  'a vocabulary that was tampered with': {
    spoil: (model) => flipByte(join(model, 'vocab.json')),
    says: /expected vocab\.json as it was saved/,
  },
  'labels that were tampered with': {
    spoil: (model) => edit(model, (manifest) => ({ ...manifest, labels: ['positive', 'negative'] })),
    says: /expected headstart\.json as it was saved, got other contents\. The model was changed or copied in part/,
  },
  'a newer format': {
    spoil: (model) => edit(model, (manifest) => ({ ...manifest, formatVersion: 2 })),
    says: /expected format version 1 or older, got version 2, written by a newer Headstart\. Update Headstart/,
  },
}

describe('a model folder that does not fit', () => {
  it.each(Object.entries(cases))('%s: says so and exits with 2', async (_, { spoil, says }) => {
    const model = scene.path('spoilt')
    await rm(model, { recursive: true, force: true })
    await cp(whole, model, { recursive: true })
    await spoil(model)
    for (const args of [
      ['predict', model, 'fine'],
      ['evaluate', model, data],
    ]) {
      const { code, stdout, stderr } = await scene.run(args)
      expect(stderr).toMatch(says)
      expect(stdout).toBe('')
      expect(code).toBe(2)
    }
  })

  it('data with a class that the model does not know: exits with 2', async () => {
    const other = await scene.write('other.csv', csv([{ label: 'mixed', text: 'Well.' }, ...reviews(2)]))
    const { code, stderr } = await scene.run(['evaluate', whole, other])
    expect(stderr).toMatch(/expected labels that the model knows: "negative", "positive", got "mixed"\. Rename them/)
    expect(code).toBe(2)
  })
})

describe('saving', () => {
  const saveTo = (out: string, settings = {}) =>
    scene.run(['train', data, '--task', 'text', '--out', out, '--l2', '0.5'], settings)

  it('replaces an older model as a whole', async () => {
    const model = scene.path('older')
    await cp(whole, model, { recursive: true })
    expect(await saveTo(model)).toMatchObject({ code: 0 })
    const manifest = JSON.parse(await readFile(join(model, 'headstart.json'), 'utf8')) as { recipe: { l2: number } }
    expect(manifest.recipe.l2).toBe(0.5)
  })

  it('refuses a folder with something else in it', async () => {
    const folder = scene.path('photos')
    await mkdir(folder)
    await writeFile(join(folder, 'cat.jpg'), 'x')
    const { code, stderr } = await saveTo(folder)
    expect(stderr).toMatch(
      /photos: expected a new folder, or one with a model to replace, got a folder with cat\.jpg\. Nothing was changed/,
    )
    expect(code).toBe(2)
    expect(await readdir(folder)).toEqual(['cat.jpg'])
  })

  it.runIf(process.platform === 'linux')('keeps the older model when the disk is full: exits with 1', async () => {
    const model = scene.path('kept')
    await cp(whole, model, { recursive: true })
    const before = await modelHashes(model)
    const names = await scene.names()
    const { code, stderr } = await saveTo(model, { fileLimit: 1024 })
    expect(stderr).toMatch(/kept: expected room to write, got a full disk \(EFBIG\)\. Nothing was changed/)
    expect(code).toBe(1)
    expect(await modelHashes(model)).toEqual(before)
    expect(await scene.names()).toEqual(names)
  })
})
