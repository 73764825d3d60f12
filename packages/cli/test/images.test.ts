import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writePictures } from './pictures.js'
import { openScene, type Scene } from './scene.js'

/** The built-in network that is quick, where the network is not the point. */
const small = ['--backbone', 'mobilenet-v2-coco']

let scene: Scene
let train: string
let test: string
let model: string
let circles: string[]
beforeAll(async () => {
  scene = await openScene()
  ;[train, test, model] = ['train', 'test', 'model'].map((name) => scene.path(name)) as [string, string, string]
  for (const shape of ['circle', 'stripes'] as const) {
    await writePictures(join(train, shape), shape, 12)
    await writePictures(join(test, shape), shape, 6, 12)
  }
  circles = await writePictures(scene.path('new'), 'circle', 2, 20)
  const { code, stderr } = await scene.run(['train', train, '--task', 'image', ...small, '--out', model])
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

describe('headstart with pictures', () => {
  it('evaluates a model on a folder with a folder for each class', async () => {
    const { code, stdout } = await scene.run(['evaluate', model, test, '--json'])
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { accuracy: number }
    expect(result).toMatchObject({ task: 'image', kind: 'classification', examples: 12, baseline: { accuracy: 0.5 } })
    expect(result.accuracy).toBeGreaterThan(0.9)
  })

  it('reads a table of paths and labels, relative to where it lies', async () => {
    const rows = circles.map((path) => `circle,new/${basename(path)}`)
    const table = await scene.write('table.csv', ['kind,path', ...rows, ''].join('\n'))
    const { code, stdout } = await scene.run(['evaluate', model, table, '--label-column', 'kind', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ examples: 2, accuracy: 1 })
  })

  it('says what is no picture and goes on without it', async () => {
    const mixed = scene.path('mixed')
    const paths = await writePictures(join(mixed, 'circle'), 'circle', 8)
    await writePictures(join(mixed, 'stripes'), 'stripes', 8)
    await writeFile(join(mixed, 'stripes', 'notes.jpg'), 'not a picture')
    // Its header is whole.
    const [torn] = paths as [string]
    await truncate(torn, (await stat(torn)).size - 200)
    const { code, stdout, stderr } = await scene.run([
      'train',
      mixed,
      '--task',
      'image',
      '--out',
      scene.path('mixed-model'),
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'image',
      backbone: 'mobilenets-joined',
      examples: 15,
      labels: ['circle', 'stripes'],
    })
    expect(stderr).toMatch(/1 of 17 inputs cannot be read and are left out:\n {2}\S*notes\.jpg: expected/)
    expect(stderr).toMatch(/1 of 16 inputs cannot be read and are left out:\n {2}\S*circle 0\.jpg: expected/)
  })

  it('answers the pictures of a folder, and those that a table lists', async () => {
    const folder = dirname(circles[0] as string)
    const answers = scene.path('answers.csv')
    const { code, stdout } = await scene.run(['predict', model, folder, '--out', answers])
    expect([code, stdout]).toEqual([expect.any(Number), expect.stringMatching(/^\d+ answers in/)])
    const [header, ...rows] = (await readFile(answers, 'utf8')).trimEnd().split('\n')
    expect(header).toMatch(/^path,predicted_label,predicted_probability/)
    expect(rows.find((row) => row.startsWith(circles[0] as string))).toMatch(/,circle,0\.\d+/)
    const table = await scene.write('list.csv', `name,path\na,${circles[0]}\n`)
    expect((await scene.run(['predict', model, table])).stdout).toMatch(/^circle 0\.\d{3} {2}/)
  })

  it('answers every picture that it can read, says which it cannot, and exits with 2', async () => {
    const args = ['predict', model, circles[0] as string, 'missing.jpg', circles[1] as string]
    const text = await scene.run(args)
    expect(text.code).toBe(2)
    expect(text.stdout).toMatch(/^circle 0\.\d{3} .*circle 20\.jpg\ncircle 0\.\d{3} .*circle 21\.jpg\n$/)
    expect(text.stderr).toMatch(/^headstart: missing\.jpg: expected .* got .*\n$/)

    const json = await scene.run(['predict', model, '-'], { stdin: [...args.slice(2), ''].join('\n') })
    expect(json).toMatchObject({ code: 2, stderr: '' })
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      expect.objectContaining({ input: circles[0], label: 'circle' }),
      { input: 'missing.jpg', error: expect.stringContaining('missing.jpg: expected') },
      expect.objectContaining({ input: circles[1], label: 'circle' }),
    ])
  })

  it('compares with what the pixels alone are worth', async () => {
    const { code, stdout } = await scene.run([
      'compare',
      train,
      '--task',
      'image',
      '--shots',
      '4',
      '--seeds',
      '2',
      '--methods',
      'no-transfer,frozen',
      ...small,
      '--json',
    ])
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { rows: { method: string }[] }
    expect(result).toMatchObject({ task: 'image', kind: 'classification' })
    expect(result.rows.map(({ method }) => method)).toEqual(['no-transfer', 'frozen'])
  })

  it('saves a model that says how pictures are made its input', async () => {
    const manifest = JSON.parse(await readFile(join(model, 'headstart.json'), 'utf8')) as object
    expect(manifest).toMatchObject({
      backbone: { id: 'mobilenet-v2-coco', modality: 'image' },
      preprocessing: { id: 'image/1', config: { size: 224, resize: 'crop' } },
    })
  })
})

describe('headstart train with a folder that cannot be learned from', () => {
  it.each([
    ['an empty folder', {}, /expected a folder for each class with pictures in it, got no picture/],
    ['one class', { circle: 4 }, /expected examples of at least two classes, got 4 examples, all labeled "circle"/],
    [
      'a class of one picture',
      { circle: 4, stripes: 1 },
      /expected at least 2 examples of class "stripes".* got 1\. Add examples/,
    ],
  ])('%s: says what is wrong, exits with 2 and writes nothing', async (name, shapes, says) => {
    const folder = scene.path(name)
    await mkdir(folder)
    for (const [shape, count] of Object.entries(shapes))
      await writePictures(join(folder, shape), shape as 'circle', count)
    const before = await scene.names()
    const { code, stdout, stderr } = await scene.run(['train', folder, '--task', 'image', '--out', scene.path('none')])
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect([code, stdout]).toEqual([2, ''])
    expect(await scene.names()).toEqual(before)
  })
})
