import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let model: string
beforeAll(async () => {
  scene = await openScene()
  model = scene.path('model')
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  const data = await scene.write('train.csv', csv(reviews(12)))
  const tiny = ['--task', 'text', '--backbone', scene.path('tiny-bert')]
  const { code } = await scene.run(['train', data, ...tiny, '--out', model, '--keep'])
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

const measures = { comprehensiveness: expect.any(Number), sufficiency: expect.any(Number) }

describe('headstart explain', () => {
  it('prints the documented fields, one line for each input, and writes a page', async () => {
    const page = scene.path('why.html')
    const inputs = ['The food was really good!', 'good']
    const { code, stdout } = await scene.run(['explain', model, ...inputs, '--json', '--html', page])
    expect(code).toBe(0)
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first).toMatchObject({
      input: inputs[0],
      label: expect.stringMatching(/^(negative|positive)$/),
      method: 'omission',
      parts: ['The ', 'food ', 'was ', 'really ', 'good!'].map((text) => ({ text, weight: expect.any(Number) })),
      faithfulness: { ...measures, random: measures },
      notes: [],
    })
    const examples = first?.['examples'] as object[]
    expect(examples[0]).toEqual({
      row: expect.any(Number),
      name: expect.any(String),
      label: expect.any(String),
      likeness: expect.any(Number),
      influence: expect.any(Number),
    })
    expect(second).toMatchObject({ parts: [{ text: 'good', weight: expect.any(Number) }], faithfulness: null })
    const html = await readFile(page, 'utf8')
    expect(html.match(/<section>/g)).toHaveLength(2)
    expect(html).toMatch(
      /<mark style="background: rgba\(var\(--(for|against)\), 0\.\d+\)" title="[+-][\d.]+"\s*>really <\/mark\s*>/,
    )
  })

  it('shows in gray what was not read, says it of an empty text, and explains another answer', async () => {
    const page = scene.path('long.html')
    const long = `${'very '.repeat(3000)}good`
    const { code, stdout } = await scene.run(['explain', model, long, '', '--label', 'negative', '--html', page])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^"very very [^"]+"\nnegative, because of \(omission\):/)
    expect(stdout).toContain('lie behind what the network reads')
    expect(stdout).toContain('There is nothing in it that could be left out.')
    expect(await readFile(page, 'utf8')).toContain('<span class="unread">')
  })

  it('explains a model of before, and says what it cannot tell', async () => {
    const before = fileURLToPath(new URL('../../nlp/test/fixtures/saved/head', import.meta.url))
    const { code, stdout } = await scene.run(['explain', before, 'The food was great!', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      examples: [],
      notes: [expect.stringMatching(/keeps none of its training examples/)],
    })
  })

  it('refuses no input, and an answer that the model does not know', async () => {
    expect(await scene.run(['explain', model])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected inputs, got none/),
    })
    const unknown = await scene.run(['explain', model, 'good', '--label', 'neutral'])
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/option --label: expected one that the model knows: "negative", "positive"/),
    })
  })

  it('evaluate says how faithful explanations are', async () => {
    const test = await scene.write('test.csv', csv(reviews(4, 40)))
    const { code, stdout } = await scene.run(['evaluate', model, test, '--explain', '3', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ explanations: { examples: 3, ...measures, random: measures } })
    const words = await scene.run(['evaluate', model, test, '--explain', '2'])
    expect(words.stdout).toMatch(/2 explanations +by weight +in random order/)
  })
})
