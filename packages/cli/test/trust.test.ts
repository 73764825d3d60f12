import { readFile } from 'node:fs/promises'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

let scene: Scene
let data: string
let model: string
beforeAll(async () => {
  scene = await openScene()
  data = await scene.write('train.csv', csv(reviews(30)))
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  model = scene.path('model')
  const { code } = await scene.run([
    'train',
    data,
    '--task',
    'text',
    '--backbone',
    scene.path('tiny-bert'),
    '--keep',
    '--out',
    model,
  ])
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

const figure = expect.any(Number)

describe('headstart predict --unknown, --coverage', () => {
  it('says of each answer whether its input is known, how familiar it is and what is nearest', async () => {
    const { code, stdout } = await scene.run([
      'predict',
      model,
      'Great product.',
      '',
      'x',
      '--unknown',
      '5%',
      '--coverage',
      '0.8',
      '--json',
    ])
    expect(code).toBe(0)
    for (const line of stdout.trim().split('\n')) {
      const answer = JSON.parse(line) as Record<string, unknown>
      expect(answer).toMatchObject({
        known: expect.any(Boolean),
        familiarity: figure,
        nearest: expect.stringMatching(/^(nega|posi)tive$/),
        set: expect.any(Array),
      })
      expect('label' in answer).toBe(answer['known'])
    }
    const table = await scene.run(['predict', model, data, '--unknown', '0.05', '--out', scene.path('answers.csv')])
    expect(table.code).toBe(0)
    expect(await readFile(scene.path('answers.csv'), 'utf8')).toMatch(/predicted_familiarity.*predicted_known/)
  })

  it('guarantees with a probability that no more than the share is refused, where there are enough examples', async () => {
    const refusedWith = async (...flags: string[]): Promise<number> => {
      const { code, stdout } = await scene.run(['predict', model, data, '--json', '--unknown', '20%', ...flags])
      expect(code).toBe(0)
      return stdout.split('\n').filter((line) => line.includes('"known":false')).length
    }
    expect(await refusedWith('--confidence', '95%')).toBeLessThan(await refusedWith())
    const few = await scene.run(['predict', model, 'a', '--unknown', '1%', '--confidence', '0.95'])
    expect([few.code, few.stderr]).toEqual([2, expect.stringMatching(/expected 299 or more training examples/)])
    const alone = await scene.run(['predict', model, 'a', '--confidence', '0.95'])
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringMatching(/the share that it is about.*got none/)])
  })

  it('refuses a share that is none, and a promise that few examples cannot keep', async () => {
    const share = await scene.run(['predict', model, 'a', '--unknown', '120%'])
    expect([share.code, share.stderr]).toEqual([
      2,
      expect.stringContaining('share above 0 and below 1, such as 5% or 0.05'),
    ])
    const promise = await scene.run(['predict', model, 'a', '--coverage', '0.999'])
    expect([promise.code, promise.stderr]).toEqual([
      2,
      expect.stringMatching(/expected 999 or more training examples that were held out.*got 60/),
    ])
  })
})

describe('headstart evaluate --out-of-scope', () => {
  it('prints the documented fields', async () => {
    const foreign = await scene.write('foreign.csv', 'text\n"12 34 56"\n"qwertz uiop"\n"...!!!"\n')
    const { code, stdout } = await scene.run([
      'evaluate',
      model,
      data,
      '--out-of-scope',
      foreign,
      '--unknown',
      '10%',
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      outOfScope: { auroc: figure, fpr95: figure, refused: figure, kept: figure, examples: 3, share: 0.1 },
      reliability: expect.any(Array),
      riskCoverage: expect.any(Array),
    })
  })

  it('says it where there is no such file, and where nothing is in it', async () => {
    const none = await scene.run(['evaluate', model, data, '--out-of-scope', scene.path('none.csv')])
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/none\.csv: expected a file or folder of inputs, got no such file or folder/),
    ])
  })
})

describe('headstart evaluate --html', () => {
  it('writes one page that asks nothing of anybody', async () => {
    const page = scene.path('report.html')
    const odd = await scene.write('odd.csv', 'label,text\npositive,"<script>alert(1)</script>"\nnegative,bad\n')
    const { code, stdout } = await scene.run(['evaluate', model, odd, '--html', page, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ html: page, accuracy: figure })
    const text = await readFile(page, 'utf8')
    expect(text).not.toContain('<script')
    expect(text).not.toMatch(/(src|href)="(?!#|data:)/)
    for (const part of ['Figures', 'Confusion', 'Reliability', 'Risk and coverage', 'Hardest examples', 'id="cell-'])
      expect(text).toContain(part)
    expect(text).toContain('&#60;script&#62;alert(1)')
  })
})

describe('headstart curve', () => {
  it('prints the documented fields', async () => {
    const args = ['curve', data, '--task', 'text', '--backbone', scene.path('tiny-bert'), '--more', '50', '--json']
    const { code, stdout, stderr } = await scene.run(args)
    expect(code).toBe(0)
    const expected = { examples: figure, mean: figure, interval: [figure, figure] }
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'text',
      kind: 'classification',
      measure: 'accuracy',
      law: { limit: figure, scale: figure, rate: figure },
      now: { ...expected, examples: 60 },
      later: { ...expected, examples: 110 },
      gain: { mean: figure, interval: [figure, figure] },
      verdict: expect.stringMatching(/^50 more labels: /),
    })
    expect(stderr).toContain('The curve is that of the network alone.')
  })

  it('is of labeled examples', async () => {
    const { code, stderr } = await scene.run(['curve', data, '--task', 'recommend'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected a task of labeled examples, got recommend')])
  })
})

describe('headstart forget', () => {
  it('gives the model that never saw some texts, and those of a file', async () => {
    const all = reviews(6)
    const few = await scene.write('few.csv', csv(all))
    const gone = await scene.write('gone.csv', csv(all.slice(4, 6)))
    const left = await scene.write('left.csv', csv([...all.slice(0, 3), ...all.slice(6)]))
    const flags = ['--task', 'text', '--backbone', scene.path('tiny-bert'), '--keep', '--no-cache', '--out']
    await scene.run(['train', few, ...flags, scene.path('few')])
    await scene.run(['train', left, ...flags, scene.path('never')])
    const text = all[3]?.text as string
    const out = scene.path('forgot')
    const { code, stdout } = await scene.run(['forget', scene.path('few'), text, gone, '--out', out, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ task: 'text', model: out, examples: 9, seconds: figure })
    expect(await readFile(`${out}/headstart.json`)).toEqual(await readFile(`${scene.path('never')}/headstart.json`))
    // Whoever asks twice is told, and the model stays as it is.
    const again = await scene.run(['forget', out, text])
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('1 of 1 that it was not trained on')])
  })

  it('is of models that can', async () => {
    const { stdout } = await scene.run(['forget', '--help'])
    expect(stdout).toContain('trained with --keep')
    const forgetful = scene.path('forgetful')
    await scene.run([
      'train',
      data,
      '--task',
      'text',
      '--backbone',
      scene.path('tiny-bert'),
      '--l2',
      '1',
      '--out',
      forgetful,
    ])
    const { code, stderr } = await scene.run(['forget', forgetful, 'Great product.'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected one that keeps its examples')])
  })
})

describe('headstart next', () => {
  it('prints the documented fields, and whether chance is as good', async () => {
    const { code, stdout } = await scene.run(['next', model, data, '--count', '5', '--json'])
    expect(code).toBe(0)
    const said = JSON.parse(stdout) as { next: unknown[]; verdict: string }
    expect(said.next).toHaveLength(5)
    expect(said.next[0]).toMatchObject({
      row: figure,
      certainty: figure,
      familiarity: figure,
      answer: { label: expect.any(String) },
    })
    expect(said).toMatchObject({ measured: { gain: figure, margin: figure, rounds: 10, labels: 5 } })
    expect(said.verdict).toMatch(/at random/)
  })

  it('needs inputs', async () => {
    const { code, stderr } = await scene.run(['next', model, scene.path('none.csv')])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected a file or folder of inputs, got no such file'),
    ])
  })
})

describe('headstart card', () => {
  it('writes what the model is as Markdown', async () => {
    const { code, stdout } = await scene.run(['card', model])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^# model\n/)
    expect(stdout).toContain('| labels | negative, positive |')
    expect(stdout).toContain('By cross-validation on these examples:')
    const out = scene.path('card.md')
    const written = await scene.run(['card', model, '--out', out, '--json'])
    expect(JSON.parse(written.stdout)).toEqual({ task: 'text', model, out, card: await readFile(out, 'utf8') })
  })
})
