import { execFileSync } from 'node:child_process'
import { readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { HeadstartError } from '../src/contract/errors.js'
import { loadModel } from '../src/model/load-model.js'
import { formatManifest } from '../src/model/manifest.js'
import { temporaryFolder } from './temporary-folder.js'
import { lettersLoader } from './tiny-backbone.js'
import { tinyModel, tinyTexts } from './tiny-model.js'

let folder = ''
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'model')
  await (await tinyModel()).save(folder)
})

const at = (name: string): string => join(folder, name)

/** What is said of the model, within two seconds. */
async function refusal(): Promise<string> {
  const started = performance.now()
  const error = await loadModel(folder, [lettersLoader]).then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(performance.now() - started).toBeLessThan(2000)
  expect(error).toBeInstanceOf(HeadstartError)
  return (error as Error).message
}

it.runIf(process.platform === 'linux')('files that never end, or never begin, are none', async () => {
  for (const name of ['headstart.json', 'model.onnx', 'alphabet.txt']) {
    const whole = await readFile(at(name))
    await rm(at(name))
    execFileSync('mkfifo', [at(name)])
    expect(await refusal()).toContain('expected a file, got a pipe or a device')
    await rm(at(name))
    await symlink('/dev/zero', at(name))
    expect(await refusal()).toContain('expected a file, got a pipe or a device')
    await rm(at(name))
    await writeFile(at(name), whole)
  }
})

it('files that are too large are not read', async () => {
  await truncate(at('alphabet.txt'), 2 ** 36)
  expect(await refusal()).toContain('got one of 68719476736 bytes')
  await truncate(at('headstart.json'), 2 ** 26)
  expect(await refusal()).toContain('expected headstart.json of at most 33554432 bytes')
})

it.each(['[', '{"a":'])('a manifest of nested %s is none', async (open) => {
  await writeFile(at('headstart.json'), open.repeat(5_000_000))
  expect(await refusal()).toContain('expected headstart.json to be JSON')
})

it.each([
  ['a label twice', { labels: ['early', 'early', 'late'] }, 'expected each label once'],
  ['names of files outside', { files: { '../../x': '' } }, 'expected names of files inside the folder'],
])('a manifest with %s is refused, however right its hash', async (_, change, message) => {
  const { integrity: __, ...manifest } = JSON.parse(await readFile(at('headstart.json'), 'utf8'))
  await writeFile(at('headstart.json'), formatManifest({ ...manifest, ...change }))
  expect(await refusal()).toContain(message)
})

it('a model whose classes somebody exchanged answers with the others: its hashes tell what was damaged, not who made it', async () => {
  const load = () => loadModel<string>(folder, [lettersLoader])
  const labelsOf = async (model: Awaited<ReturnType<typeof load>>): Promise<unknown[]> =>
    (await model.predict(tinyTexts)).map((answer) => 'label' in answer && answer.label)
  const honest = await load()
  const labels = await labelsOf(honest)
  const { integrity: _, ...manifest } = JSON.parse(await readFile(at('headstart.json'), 'utf8')) as {
    integrity: string
    labels: string[]
  }
  await writeFile(at('headstart.json'), formatManifest({ ...manifest, labels: manifest.labels.toReversed() }))
  const exchanged = (label: unknown): unknown => manifest.labels.at(-1 - manifest.labels.indexOf(label as string))
  expect(await labelsOf(await load())).toEqual(labels.map(exchanged))
  expect(new Set(labels).size).toBeGreaterThan(1)
})
