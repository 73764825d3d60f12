import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let data: string
let unlabelled: string
beforeAll(async () => {
  scene = await openScene()
  data = await scene.write('train.csv', csv(reviews(24)))
  const texts = reviews(120, 24).map(({ text }) => text)
  unlabelled = await scene.write(
    'unlabelled.csv',
    ['text', ...texts.map((text) => JSON.stringify(text).replaceAll('\\"', '""')), ''].join('\n'),
  )
})
afterAll(() => scene.remove())

describe('headstart train --unlabelled', () => {
  it('lets what stands beside the network learn from texts without labels', async () => {
    const args = ['train', data, '--task', 'text', '--unlabelled', unlabelled, '--out', scene.path('model')]
    const { code, stderr } = await scene.run(args)
    expect(code).toBe(0)
    expect(stderr).not.toContain('without labels are not learned from')
  })

  it('says where nothing learns from them', async () => {
    await writeFiles(scene.path('tiny-bert'), bertFiles())
    const network = ['--backbone', scene.path('tiny-bert'), '--knowledge', 'none']
    const args = ['train', data, '--task', 'text', ...network, '--unlabelled', unlabelled, '--out', scene.path('none')]
    const { code, stderr } = await scene.run(args)
    expect(code).toBe(0)
    expect(stderr).toContain('240 inputs without labels are not learned from: with these options nothing does.')
  })

  it('refuses a path that is not there', async () => {
    const args = ['train', data, '--task', 'text', '--unlabelled', scene.path('nowhere.csv'), '--out', scene.path('no')]
    const { code, stderr } = await scene.run(args)
    expect(code).toBe(2)
    expect(stderr).toContain('expected a file or folder of inputs, got no such file or folder')
  })
})

describe('headstart distill', () => {
  it('saves a student that answers without the network, and says how often it agrees', async () => {
    const texts = await scene.write('texts.csv', csv(reviews(100)))
    const model = scene.path('model')
    const { code, stdout, stderr } = await scene.run([
      'distill',
      model,
      texts,
      '--out',
      scene.path('student'),
      '--json',
    ])
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/says the same as the model for \d\d\.\d % of 200 inputs/),
    ])
    expect((JSON.parse(stdout) as { agreement: number }).agreement).toBeGreaterThan(0.8)
    const answer = await scene.run(['predict', scene.path('student'), 'Great food, friendly people.', '--json'])
    expect(JSON.parse(answer.stdout)).toMatchObject({ label: 'positive' })
  })

  it('tries a student of a published encoder, and takes none that does not agree', async () => {
    const { code, stderr } = await scene.run(['distill', scene.path('none'), unlabelled, '--out', scene.path('other')])
    expect(code).toBe(2)
    expect(stderr).toContain('expected the answers of the model for at least 90.0 % of the inputs that were held out')
  })
})

describe('headstart compare --backbones', () => {
  it('sets networks side by side in one table', async () => {
    const names = ['universal-sentence-encoder-lite', scene.path('tiny-bert')]
    const settings = ['--shots', '8', '--seeds', '2', '--backbones', names.join(','), '--json']
    const { code, stdout } = await scene.run(['compare', data, '--task', 'text', ...settings])
    expect(code).toBe(0)
    const { rows } = JSON.parse(stdout) as { rows: { method: string }[] }
    expect(rows.map(({ method }) => method)).toEqual([
      'no-transfer',
      'frozen universal-sentence-encoder-lite',
      'frozen tiny-bert',
    ])
  })

  it('refuses one named twice', async () => {
    const { code, stderr } = await scene.run(['compare', data, '--task', 'text', '--backbones', 'a,a'])
    expect(code).toBe(2)
    expect(stderr).toContain('a twice')
  })
})
