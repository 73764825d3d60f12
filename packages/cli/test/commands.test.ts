import { readdir, readFile, stat } from 'node:fs/promises'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { modelHashes, openScene, type Scene } from './scene.js'

let scene: Scene
let train: string
let test: string
let model: string
beforeAll(async () => {
  scene = await openScene()
  train = await scene.write('train.csv', csv(reviews(60)))
  test = await scene.write('test.csv', csv(reviews(50, 60)))
  model = scene.path('model')
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  const { code, stderr } = await scene.run(['train', train, '--task', 'text', '--out', model])
  // What is known beside the network, on a slow machine after some progress.
  expect(stderr).toMatch(
    /^(regularization \d+\/\d+\n)*note: Held-out examples gain by what stands beside the network: .*\.\n$/,
  )
  expect(code).toBe(0)
})
afterAll(() => scene.remove())

/** Strictly between 0 and 1. */
const share = expect.closeTo(0.5, 0) as number
const pair = [expect.any(Number), expect.any(Number)]

describe('headstart extend', () => {
  it('has a model learn more examples, in its place, and a new class', async () => {
    const few = await scene.write('few.csv', csv(reviews(8)))
    const more = await scene.write('more.csv', 'label,text\nneutral,It is a chair.\nneutral,It has four legs.\n')
    const kept = scene.path('kept')
    const flags = ['--task', 'text', '--backbone', scene.path('tiny-bert'), '--l2', '0.01', '--keep']
    expect((await scene.run(['train', few, ...flags, '--out', kept])).code).toBe(0)
    const { code, stdout, stderr } = await scene.run(['extend', kept, more, '--json'])
    expect(stderr).toContain('among them the new "neutral"')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ task: 'text', model: kept, examples: 18 })
    const asked = await scene.run(['predict', kept, 'It is a chair.', '--json'])
    expect(JSON.parse(asked.stdout)).toMatchObject({ probabilities: { neutral: expect.any(Number) as number } })
  })
})

describe('headstart train', () => {
  it('prints the documented fields', async () => {
    const { code, stdout } = await scene.run(['train', train, '--task', 'text', '--out', scene.path('json'), '--json'])
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as Record<string, unknown>
    expect(result).toMatchObject({
      task: 'text',
      kind: 'classification',
      model: scene.path('json'),
      backbone: 'universal-sentence-encoder-lite',
      examples: 120,
      labels: ['negative', 'positive'],
      seed: 0,
      l2: expect.any(Number),
      seconds: expect.any(Number),
      crossValidation: { examples: 120, accuracy: share },
    })
  })

  it('gives the same model, byte for byte, for the same seed, with and without the feature cache', async () => {
    const few = await scene.write('same.csv', csv(reviews(10)))
    const hashesOf = async (out: string, ...flags: string[]): Promise<Record<string, string>> => {
      const backbone = ['--task', 'text', '--backbone', scene.path('tiny-bert')]
      await scene.run(['train', few, ...backbone, '--out', scene.path(out), ...flags])
      return modelHashes(scene.path(out))
    }
    const first = await hashesOf('first')
    expect(await hashesOf('again')).toEqual(first)
    expect(await hashesOf('without-cache', '--no-cache')).toEqual(first)
    expect((await hashesOf('seed-1', '--seed', '1'))['headstart.json']).not.toEqual(first['headstart.json'])
  })

  it('takes the regularization and class weights it is given', async () => {
    const args = [
      'train',
      train,
      '--task',
      'text',
      '--out',
      scene.path('given'),
      '--l2',
      '0.01',
      '--balanced',
      '--json',
    ]
    const { stdout } = await scene.run(args)
    expect(JSON.parse(stdout)).toMatchObject({ l2: 0.01, crossValidation: null })
    const manifest = JSON.parse(await readFile(`${scene.path('given')}/headstart.json`, 'utf8')) as object
    expect(manifest).toMatchObject({ recipe: { l2: 0.01, folds: 0, classWeight: 'balanced' } })
  })

  it('reads other columns and formats, and says what it guessed', async () => {
    const rows = reviews(12).map(({ label, text }) => JSON.stringify({ sentiment: label, body: text }))
    const data = await scene.write('named.jsonl', rows.join('\n'))
    const out = scene.path('named')
    const { code, stderr } = await scene.run(['train', data, '--task', 'text', '--out', out, '--text-column', 'body'])
    expect(code).toBe(0)
    expect(stderr).toContain('the column "sentiment" is taken for the label')
    expect(stderr).not.toContain('body')
  })
})

describe('headstart evaluate', () => {
  it('prints the documented fields', async () => {
    const { code, stdout, stderr } = await scene.run(['evaluate', model, test, '--json'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    const result = JSON.parse(stdout) as { accuracy: number; perClass: unknown[]; confusion: { matrix: number[][] } }
    expect(result).toMatchObject({
      task: 'text',
      kind: 'classification',
      examples: 100,
      accuracy: share,
      macroF1: share,
      logLoss: expect.any(Number),
      calibrationError: share,
      baseline: { accuracy: 0.5, macroF1: expect.closeTo(1 / 3, 6), logLoss: expect.closeTo(Math.LN2, 6) },
      intervals: { accuracy: pair, macroF1: pair, logLoss: pair, calibrationError: pair },
    })
    expect(result.accuracy).toBeGreaterThan(0.7)
    expect(result.perClass).toEqual(
      ['negative', 'positive'].map((label) => expect.objectContaining({ label, precision: share, recall: share })),
    )
    expect(result.confusion.matrix.flat().reduce((sum, count) => sum + count, 0)).toBe(100)
  })

  it('prints a report for people', async () => {
    const { stdout } = await scene.run(['evaluate', model, test])
    expect(stdout).toMatch(/accuracy +0\.\d{3}/)
    expect(stdout).toContain('negative')
  })
})

describe('headstart predict', () => {
  const texts = ['The food was wonderful and the staff friendly.', 'Cold soup, rude waiter, never again.']

  it('answers each argument', async () => {
    const { code, stdout } = await scene.run(['predict', model, ...texts])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^positive 0\.\d{3} {2}The food was wonderful/)
    expect(lines[1]).toMatch(/^negative 0\.\d{3} {2}Cold soup/)
  })

  it('gives one JSON object for each line of stdin, the same as for arguments', async () => {
    const fromArguments = await scene.run(['predict', model, ...texts, '--json'])
    const fromStdin = await scene.run(['predict', model, '-'], { stdin: `${texts.join('\r\n')}\r\n` })
    expect(fromStdin).toEqual(fromArguments)
    const answers = fromStdin.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(answers).toEqual([
      { input: texts[0], label: 'positive', probability: share, probabilities: { negative: share, positive: share } },
      { input: texts[1], label: 'negative', probability: share, probabilities: { negative: share, positive: share } },
    ])
  })

  it('answers an empty line too, so that answers and lines stay in step', async () => {
    const { stdout } = await scene.run(['predict', model, '-'], { stdin: 'good\n\nbad\n' })
    const inputs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { input: string }).input)
    expect(inputs).toEqual(['good', '', 'bad'])
  })

  it('answers the rows of a file, and writes them with its columns', async () => {
    const file = await scene.write(
      'asked.csv',
      'id,review\n7,"The food was wonderful,\nand so friendly."\n8,Cold soup and a rude waiter.\n',
    )
    const { code, stdout, stderr } = await scene.run(['predict', model, file])
    expect(code).toBe(0)
    expect(stderr).toMatch(/the column "review" is taken for the text/)
    expect(stdout).toMatch(
      /^positive 0\.\d{3} {2}"The food was wonderful,\\nand.*\nnegative 0\.\d{3} {2}"Cold soup.*\n$/,
    )

    const asked = ['predict', model, file, '--text-column', 'review']
    const answers = scene.path('answers.csv')
    expect(await scene.run([...asked, '--out', answers])).toMatchObject({
      code: 0,
      stdout: `2 answers in ${answers}\n`,
      stderr: '',
    })
    expect(await readFile(answers, 'utf8')).toMatch(
      /^id,review,predicted_label,predicted_probability\n7,"The food was wonderful,\nand so friendly\.",positive,0\.\d+\n8,Cold soup and a rude waiter\.,negative,0\.\d+\n$/,
    )
    await scene.run([...asked, '--out', scene.path('answers.jsonl')])
    const [line = ''] = (await readFile(scene.path('answers.jsonl'), 'utf8')).split('\n')
    expect(JSON.parse(line)).toMatchObject({
      id: '7',
      predicted: { label: 'positive', probabilities: { negative: share } },
    })
    const json = await scene.run([...asked, '--json'])
    expect(json.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(await scene.run([...asked, '--out', 'answers.pdf'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/option --out: expected a file ending in \.csv/),
    })
    expect(await scene.run(['predict', model, 'some text', '--out', answers])).toMatchObject({ code: 2 })
  })

  it('takes inputs with line breaks as JSON on stdin', async () => {
    const stdin = '"Friendly\\nand good"\n{"input":"Cold,\\nrude"}\nno JSON\n42\n'
    const { code, stdout } = await scene.run(['predict', model, '-', '--jsonl'], { stdin })
    expect(code).toBe(2)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
    expect(lines.map(({ input, label }) => [input, label])).toEqual([
      ['Friendly\nand good', 'positive'],
      ['Cold,\nrude', 'negative'],
      [null, undefined],
      [42, undefined],
    ])
    expect(lines[2]?.['error']).toMatch(/expected a line of JSON, got no JSON/)
  })
})

describe('headstart predict of a long text', () => {
  it('answers it, though no path can be as long', async () => {
    const long = 'It was a very good day for all of us. '.repeat(200)
    const { code, stdout, stderr } = await scene.run(['predict', model, long])
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('ENAMETOOLONG')])
    expect(stdout).toContain('It was a very good day')
  })
})

describe('headstart compare', () => {
  it('prints the documented fields', async () => {
    const args = [
      'compare',
      train,
      '--task',
      'text',
      '--shots',
      '4,16',
      '--seeds',
      '2',
      '--methods',
      'zero-shot,frozen,no-transfer',
      '--test',
      test,
      '--json',
    ]
    const { code, stdout } = await scene.run(args)
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { rows: { method: string; shots: number }[]; verdict: string }
    expect(result).toMatchObject({ task: 'text', kind: 'classification', testExamples: 100, majorityAccuracy: 0.5 })
    expect(result.rows.map(({ method, shots }) => [method, shots])).toEqual([
      ['zero-shot', 0],
      ['no-transfer', 4],
      ['no-transfer', 16],
      ['frozen', 4],
      ['frozen', 16],
    ])
    expect(result.rows[0]).toMatchObject({ seeds: 1, accuracy: { mean: share, sd: 0 } })
    for (const row of result.rows.slice(1)) {
      expect(row).toMatchObject({
        seeds: 2,
        accuracy: { mean: share, sd: expect.any(Number) },
        trainSeconds: expect.any(Number),
      })
    }
    expect(result.verdict).toMatch(/\w+/)
  })

  it('prints the table and says which shots are left out', async () => {
    const few = await scene.write('few.csv', csv(reviews(16)))
    const { stdout, stderr } = await scene.run([
      'compare',
      few,
      '--task',
      'text',
      '--backbone',
      scene.path('tiny-bert'),
      '--shots',
      '2,500',
      '--seeds',
      '1',
      '--epochs',
      '1',
      '--unfreeze',
      '1',
    ])
    for (const method of ['no-transfer', 'scratch', 'frozen', 'fine-tuned'])
      expect(stdout).toMatch(new RegExp(`2 per class +${method} `))
    expect(stderr).toContain('500 examples per class are left out: class "negative" has 11 to draw from')
  })
})

describe('headstart', () => {
  it('lists the backbones', async () => {
    const { stdout } = await scene.run(['backbones', '--json'])
    const { backbones } = JSON.parse(stdout) as { backbones: object[] }
    expect(backbones).toContainEqual(
      expect.objectContaining({
        id: 'universal-sentence-encoder-lite',
        task: 'text',
        features: 512,
        stages: 4,
        license: 'Apache-2.0',
        download: 0,
      }),
    )
    expect((await scene.run(['backbones'])).stdout).toContain('universal-sentence-encoder-lite')
  })

  it('tells its version and its commands', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await scene.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const { code, stdout } = await scene.run(['--help'])
    expect(code).toBe(0)
    for (const command of ['train', 'evaluate', 'predict', 'compare', 'backbones']) expect(stdout).toContain(command)
  })
})

describe('headstart export', () => {
  it('prints the documented fields, and writes beside the model unless it is told where', async () => {
    const { code, stdout, stderr } = await scene.run(['export', `${model}/`, '--to', 'onnx', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const path = `${model}.onnx`
    const { size } = await stat(path)
    expect(JSON.parse(stdout)).toEqual({
      task: 'text',
      model: `${model}/`,
      to: 'onnx',
      path,
      files: [path],
      bytes: size,
    })
    const out = scene.path('elsewhere')
    const said = await scene.run(['export', model, '--to', 'transformers', '--out', out])
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(
      /elsewhere: a folder that Transformers\.js opens; its answers are those of the network alone, without [\w -]+ beside it, 2\d\.\d MB\.\n$/,
    )
    expect((await readdir(out)).toSorted()).toEqual([
      'config.json',
      'headstart.json',
      'onnx',
      'tokenizer.json',
      'tokenizer_config.json',
    ])
  })

  it('writes a page, in a folder that is still a model', async () => {
    const out = scene.path('page')
    const { code, stdout } = await scene.run(['export', model, '--to', 'web', '--out', out, '--json'])
    expect(code).toBe(0)
    const { files } = JSON.parse(stdout) as { files: string[] }
    expect(files).toEqual(
      expect.arrayContaining(['headstart.json', 'model.onnx', 'index.html', 'headstart/standalone.js']),
    )
    expect(await scene.run(['predict', out, 'fine'])).toEqual(await scene.run(['predict', model, 'fine']))
  })

  it('says what is missing or unknown, and what an exported folder is', async () => {
    const exported = scene.path('for-others')
    await scene.run(['export', model, '--to', 'transformers', '--out', exported])
    const cases: [string[], RegExp][] = [
      [['export', model], /option --to: expected transformers or onnx or web, got none\./],
      [['export', model, '--to', 'pdf'], /option --to: expected transformers or onnx or web, got "pdf"\./],
      [['export', scene.path('nothing'), '--to', 'onnx'], /expected a model folder .* got nothing of that name/],
      [
        ['predict', exported, 'fine'],
        /for-others: expected a saved model, got one that was exported to transformers\./,
      ],
    ]
    for (const [args, says] of cases) {
      const { code, stdout, stderr } = await scene.run(args)
      expect(stderr).toMatch(says)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    }
  })
})
