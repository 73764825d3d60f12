import { existsSync, readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { modelHashes, openScene, type Scene } from './scene.js'

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
})
afterEach(() => scene.remove())

/** The feature cache has something in it: features are being computed, and more are to come. */
const isEmbedding = (): boolean =>
  readdirSync(scene.path('.cache'), { recursive: true }).some((name) => String(name).endsWith('.segment'))

/** More sentences than are embedded before the first of them are cached; short ones, which takes less time. */
const many = csv(
  Array.from({ length: 6 }, (_, copy) =>
    reviews(200).map(({ label, text }) => ({ label, text: `${text.split(' ', 4).join(' ')} ${copy}` })),
  ).flat(),
)

describe('Ctrl-C', () => {
  it('in the middle of training leaves no model, and what was computed is used by the next run', async () => {
    const data = await scene.write('data.csv', many)
    const model = scene.path('model')
    const train = ['train', data, '--task', 'text', '--out', model, '--l2', '0.01', '--json']
    const { code, stdout, stderr } = await scene.run(train, { interruptWhen: isEmbedding })
    expect(stderr).toContain('interrupted: nothing was saved. Features computed so far are kept for the next run.')
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(stdout).toBe('')
    expect(code).toBe(1)
    expect(await scene.names()).toEqual(['data.csv'])
    expect(isEmbedding()).toBe(true)

    expect(await scene.run(train)).toMatchObject({ code: 0 })
    expect(await scene.names()).toEqual(['data.csv', 'model'])
  })

  // On Windows these end a process without asking it.
  const signals = process.platform === 'win32' ? (['SIGINT'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  it.each(signals)(
    'or %s in the middle of tuning keeps an older model as it was, and how far the tuning is',
    async (signal) => {
      const data = await scene.write('data.csv', csv(reviews(8)))
      await writeFiles(scene.path('tiny-bert'), bertFiles())
      const model = scene.path('model')
      const train = ['train', data, '--task', 'text', '--backbone', scene.path('tiny-bert'), '--out', model]
      expect(await scene.run(train)).toMatchObject({ code: 0 })
      const before = await modelHashes(model)
      const interruptWhen = (): boolean => existsSync(`${model}.checkpoint`)
      const { code, stderr } = await scene.run([...train, '--unfreeze', '1', '--epochs', '1000'], {
        interruptWhen,
        signal,
      })
      expect(stderr).toContain('interrupted: nothing was saved.')
      expect(code).toBe(1)
      expect(await modelHashes(model)).toEqual(before)
      expect(await scene.names()).toEqual(['data.csv', 'model', 'model.checkpoint', 'tiny-bert'])
    },
  )
})

describe('the place of a model', () => {
  it('is made before the first step, with the folders above it', async () => {
    const data = await scene.write('data.csv', csv(reviews(8)))
    const out = scene.path('none/yet/model')
    expect(await scene.run(['train', data, '--task', 'text', '--out', out])).toMatchObject({ code: 0 })
    expect(await readdir(scene.path('none/yet'))).toEqual(['model'])
  })

  it('is refused before the first step, where a model can never be', async () => {
    const data = await scene.write('data.csv', many)
    for (const out of [scene.path('data.csv/model'), scene.path('data.csv'), scene.path('.')]) {
      const { code, stderr } = await scene.run(['train', data, '--task', 'text', '--out', out])
      expect(stderr).toMatch(/expected (a folder|the path of a folder|a new folder)/)
      expect(code).toBe(2)
      expect(isEmbedding()).toBe(false)
    }
  })
})
