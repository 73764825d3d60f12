import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from './scene.js'

const words = ['file datei', 'page seite', 'menu menü', 'view ansicht', 'list liste'].map((pair) => pair.split(' '))
const texts = words.flatMap(([a, one], row) =>
  words.map(([b, other], column) => [`${row}-${column}`, `the ${a} ${b}`, `die ${one} ${other}`] as const),
)
const catalog = (side: 1 | 2): string =>
  JSON.stringify({ menu: Object.fromEntries(texts.map((text) => [text[0], text[side]])) })

describe('translators on the command line', () => {
  let scene: Scene
  let locales: string
  let backbone: string
  beforeAll(async () => {
    scene = await openScene()
    backbone = scene.path('tiny')
    await writeTranslator(backbone, tinyTranslator({ decoders: 'merged' }))
    locales = await scene.folder('locales', { 'en.json': catalog(1), 'de.json': catalog(2) })
  })
  afterAll(() => scene.remove())

  it('are adapted to catalogs, saved as a folder of the hub, described and evaluated', async () => {
    const out = scene.path('model')
    const args = ['train', locales, '--task', 'translate', '--backbone', backbone, '--out', out]
    const trained = await scene.run([
      ...args,
      '--epochs',
      '8',
      '--batch-size',
      '4',
      '--learning-rate',
      '0.02',
      '--json',
    ])
    expect(trained.code).toBe(0)
    expect(JSON.parse(trained.stdout)).toMatchObject({
      task: 'translate',
      kind: 'translation',
      model: out,
      languages: { from: 'en', to: 'de' },
      training: { backbone, pairs: 22, unfreeze: 'decoder', lora: null, kept: 'tuned', heldOut: { pairs: 3 } },
    })
    expect(existsSync(join(out, 'onnx/decoder_model_merged.onnx'))).toBe(true)

    const evaluated = await scene.run(['evaluate', out, locales, '--json'])
    expect(evaluated.stderr).toMatch(/All \d+ examples to measure on were trained on as well/)
    const report = JSON.parse(evaluated.stdout) as { rows: { method: string; chrf: { score: number } }[] }
    expect(report.rows.map(({ method }) => method)).toEqual(['translator', 'before', 'copied source'])
    expect(report.rows[0]?.chrf.score).toBeGreaterThan(report.rows[1]?.chrf.score as number)
  })

  it('are compared, by the number of pairs: chrF2 and BLEU with their spread', async () => {
    const flags = ['--shots', '10', '--seeds', '2', '--methods', 'untouched,frozen-encoder', '--epochs', '1', '--json']
    const { code, stdout } = await scene.run([
      'compare',
      locales,
      '--task',
      'translate',
      '--backbone',
      backbone,
      ...flags,
    ])
    expect(code).toBe(0)
    const { rows, testPairs, verdict } = JSON.parse(stdout) as {
      rows: { method: string; shots: number; seeds: number; chrf: object; bleu: object }[]
      testPairs: number
      verdict: string
    }
    const spread = { mean: expect.any(Number) as number, sd: expect.any(Number) as number }
    expect(rows).toEqual(
      ['untouched', 'frozen-encoder'].map((method) =>
        expect.objectContaining({ method, shots: 10, seeds: 2, chrf: spread, bleu: spread }),
      ),
    )
    expect(testPairs).toBe(5)
    expect(verdict).toMatch(/With 10 pairs fine-tuning (helped|hurt|made no certain difference)/)
  })

  it.each([
    ['no translator to begin with', [], '--backbone Xenova/opus-mt-en-de'],
    ['languages that are not there', ['--backbone', 'TINY', '--target-language', 'fr'], 'texts in French (fr)'],
  ])('say what is missing: %s', async (_, flags, expected) => {
    const given = flags.map((flag) => (flag === 'TINY' ? backbone : flag))
    const { code, stderr } = await scene.run([
      'train',
      locales,
      '--task',
      'translate',
      '--out',
      scene.path('none'),
      ...given,
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(expected)
  })
})
