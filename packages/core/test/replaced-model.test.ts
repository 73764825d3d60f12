import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ModelFolderError } from '../src/contract/errors.js'
import type { ModelFiles } from '../src/contract/model-files.js'
import { modelFiles } from '../src/kit/model-files.js'
import { loadModel } from '../src/model/load-model.js'
import type { Model } from '../src/model/model.js'
import { temporaryFolder } from './temporary-folder.js'
import { lettersLoader } from './tiny-backbone.js'
import type { Part } from './tiny-data.js'
import { tinyModel } from './tiny-model.js'

let old: Model<string, Part>
let other: Model<string, Part>
beforeAll(async () => {
  ;[old, other] = [await tinyModel({ l2: 0.01 }), await tinyModel({ l2: 1 })]
})

let place = ''
let folder = ''
beforeEach(async () => {
  place = await temporaryFolder()
  folder = join(place, 'model')
  await old.save(folder)
})

/** Which of the two models a folder holds. */
const l2In = async (from: string | ModelFiles = folder): Promise<unknown> =>
  (await loadModel(from, [lettersLoader])).recipe.head

/** The new model as far as it is in its place when the process is killed there: `done` of its files, the manifest first. */
async function killedAfter(done: readonly string[]): Promise<void> {
  const next = join(folder, '.next')
  await other.save(join(place, 'other'))
  await cp(join(place, 'other'), next, { recursive: true })
  await rm(join(place, 'other'), { recursive: true })
  for (const name of done) await rename(join(next, name), join(folder, name))
}

it.each([
  ['before its manifest', [], 'old'],
  ['after its manifest', ['headstart.json'], 'new'],
  ['before its last file', ['headstart.json', 'model.onnx'], 'new'],
  ['when all is in its place', ['headstart.json', 'model.onnx', 'alphabet.txt'], 'new'],
])('a save that was killed %s leaves a whole model, and the next one ends it', async (_, done, which) => {
  await killedAfter(done)
  expect(await l2In()).toEqual((which === 'old' ? old : other).recipe.head)
  await old.save(folder)
  expect(await l2In()).toEqual(old.recipe.head)
  expect((await readdir(folder)).sort()).toEqual(['alphabet.txt', 'headstart.json', 'model.onnx'])
  expect(await readdir(place)).toEqual(['model'])
})

it('what killed saves left beside the folder goes with the next one; what is of others stays', async () => {
  const id = '01234567-89ab-4cde-8f01-23456789abcd'
  // Of an earlier version, of a process that is gone, of this one, of another machine, and no leftovers at all.
  const gone = [`model.${id}.tmp`, `model.checkpoint.${await tagOf(2 ** 22 + 1)}.${id}.tmp`]
  const kept = [
    `model.${await tagOf(process.pid)}.${id}.tmp`,
    `model.00000000-1.${id}.tmp`,
    `model-2.${id}.tmp`,
    'model.tmp',
  ]
  for (const name of [...gone, ...kept]) await mkdir(join(place, name))
  await other.save(folder)
  expect((await readdir(place)).sort()).toEqual(['model', ...kept].sort())
})

async function tagOf(pid: number): Promise<string> {
  const { processTag } = await import('../src/kit/process-tag.js')
  return `${processTag.split('-')[0]}-${pid}`
}

it('a model that is replaced while it is read is read again', async () => {
  const files = modelFiles(folder)
  const reads: string[] = []
  const replaced: ModelFiles = {
    name: folder,
    async read(name) {
      reads.push(name)
      if (name === 'model.onnx' && reads.filter((read) => read === name).length === 1) await other.save(folder)
      return files.read(name)
    },
  }
  expect(await l2In(replaced)).toEqual(other.recipe.head)
})

it('a damaged model is said to be so, at once', async () => {
  await writeFile(join(folder, 'model.onnx'), 'other')
  await expect(l2In()).rejects.toThrow(ModelFolderError)
  await expect(l2In()).rejects.toThrow('expected model.onnx as it was saved')
})

it('savers of one folder wait for each other, in one process and in the lock of one that is gone', async () => {
  await writeFile(join(folder, '.lock'), `${await tagOf(2 ** 22 + 1)} x`)
  await Promise.all([old, other, old, other].map((model) => model.save(folder)))
  await loadModel(folder, [lettersLoader])
  expect((await readdir(folder)).sort()).toEqual(['alphabet.txt', 'headstart.json', 'model.onnx'])
})

it('savers of a folder that is not there yet all succeed', async () => {
  const fresh = join(place, 'fresh')
  await Promise.all([old, other, old].map((model) => model.save(fresh)))
  await loadModel(fresh, [lettersLoader])
  expect(await readdir(place)).toEqual(['fresh', 'model'])
})
