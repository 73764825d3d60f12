import { readdirSync } from 'node:fs'
import { cp } from 'node:fs/promises'
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
  Array.from({ length: 8 }, (_, copy) =>
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

  it('keeps an older model as it was', async () => {
    const few = await scene.write('few.csv', csv(reviews(8)))
    const data = await scene.write('data.csv', many)
    const model = scene.path('model')
    await scene.run(['train', few, '--task', 'text', '--out', model, '--l2', '0.01', '--no-cache'])
    const before = await modelHashes(model)
    await cp(model, scene.path('copy'), { recursive: true })
    expect(
      await scene.run(['train', data, '--task', 'text', '--out', model], { interruptWhen: isEmbedding }),
    ).toMatchObject({ code: 1 })
    expect(await modelHashes(model)).toEqual(before)
    expect(await scene.names()).toEqual(['copy', 'data.csv', 'few.csv', 'model'])
  })
})
